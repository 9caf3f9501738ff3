import type { Collector, MetricSpec, Sample } from './collector.js';
import { type Mount, readMounts } from './filesystem-answer.js';
import { FILESYSTEM_PERL, FILESYSTEM_SCRIPT } from './filesystem-script.js';

const MOUNTS = '/proc/self/mountinfo';

const LABELS = ['device', 'mountpoint', 'fstype', 'device_error'] as const;

const gauge = (help: string, source = `stat -f over ${MOUNTS}`): MetricSpec => ({
  type: 'gauge',
  help,
  labels: LABELS,
  source,
});

/** How full the file systems are. */
export const filesystem: Collector = {
  name: 'filesystem',
  module: 'node',
  summary: 'How full the file systems are.',
  metrics: {
    node_filesystem_device_error: gauge('1 when the file system did not tell its numbers, else 0.'),
    node_filesystem_readonly: gauge('1 when the file system is mounted read-only, else 0.', MOUNTS),
    node_filesystem_size_bytes: gauge('Size of the file system in bytes.'),
    node_filesystem_free_bytes: gauge('Free space in bytes, including what only root may use.'),
    node_filesystem_avail_bytes: gauge('Space in bytes that users other than root may still use.'),
    node_filesystem_files: gauge('File nodes that the file system has room for.'),
    node_filesystem_files_free: gauge('File nodes that are free.'),
    node_filesystem_purgeable_bytes: gauge(
      'Always 0: what another system would free by itself, Linux does not.',
    ),
    node_filesystem_mount_info: {
      type: 'gauge',
      help: 'Always 1; the labels say which block device is mounted.',
      labels: ['device', 'major', 'minor', 'mountpoint'],
      source: MOUNTS,
    },
  },
  script: () => FILESYSTEM_SCRIPT,
  perl: FILESYSTEM_PERL,
  parse: ({ output }) => samplesOf(readMounts(output)),
};

function samplesOf(mounts: readonly Mount[]): Sample[] {
  const samplesOfMount = new Map<string, Sample[]>();
  const infos = new Map<string, Sample>();
  for (const mount of mounts) {
    const { device, type, numbers, deviceNumber } = mount;
    // As node_exporter has it, which leaves the rest escaped.
    const mountpoint = mount.point.replaceAll('\\040', ' ').replaceAll('\\011', '\t');
    // Of mounts that lie on top of each other, the last is the one that is seen.
    samplesOfMount.set(JSON.stringify([device, mountpoint, type]), readMount(mount, mountpoint));
    if (numbers === undefined) continue;
    const [major = '', minor = ''] = deviceNumber.split(':');
    const labels = { device, major, minor, mountpoint };
    infos.set(JSON.stringify(labels), { metric: 'node_filesystem_mount_info', labels, value: 1 });
  }
  return [...[...samplesOfMount.values()].flat(), ...infos.values()];
}

function readMount({ device, type, readonly, numbers, error }: Mount, mountpoint: string): Sample[] {
  const labels = {
    device,
    mountpoint,
    fstype: type,
    device_error: numbers === undefined ? errorWord(error) : '',
  };
  const sample = (metric: string, value: number): Sample => ({ metric, labels, value });
  const samples = [
    sample('node_filesystem_device_error', numbers === undefined ? 1 : 0),
    sample('node_filesystem_readonly', readonly ? 1 : 0),
  ];
  if (numbers === undefined) return samples;

  const [blockBytes = 0, blocks = 0, free = 0, available = 0, files = 0, filesFree = 0] = numbers;
  samples.push(
    sample('node_filesystem_size_bytes', blocks * blockBytes),
    sample('node_filesystem_free_bytes', free * blockBytes),
    sample('node_filesystem_avail_bytes', available * blockBytes),
    sample('node_filesystem_files', files),
    sample('node_filesystem_files_free', filesFree),
    sample('node_filesystem_purgeable_bytes', 0),
  );
  return samples;
}

/** The words of strerror(3) as node_exporter has them. */
function errorWord(error = 'no answer'): string {
  if (error === 'Stale file handle') return 'stale NFS file handle';
  return error.charAt(0).toLowerCase() + error.slice(1);
}
