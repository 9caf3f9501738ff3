import { ParseError } from './collector.js';
import type { Collector, MetricSpec, Sample } from './collector.js';
import { FILESYSTEM_PERL, FILESYSTEM_SCRIPT, isExcluded } from './filesystem-script.js';
import { readCount, splitLines, splitWords } from './text.js';

const MOUNT = /^mount (?<device>\S*) (?<point>\S+) (?<type>\S+) (?<mode>ro|rw) (?<major>\d+):(?<minor>\d+)$/;
const STAT = /^stat (?<numbers>(?:\S+ ){6})(?<point>.*)$/;
const STAT_ERROR = /^stat: (?<about>.*): (?<error>[^:]+)$/;
const OCTAL = /\\(?<digits>[0-7]{3})/g;

/** What node_exporter says of a mount that does not answer. */
const TIMEOUT = 'mountpoint timeout';

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
  parse: ({ output }) => readMounts(splitLines(output)),
};

type Labels = Readonly<Record<(typeof LABELS)[number], string>>;

function readMounts(lines: readonly string[]): Sample[] {
  const numbersOfPoint = new Map<string, readonly string[]>();
  const errors: { about: string; error: string }[] = [];
  const timedOut = lines.includes('timeout');
  for (const line of lines) {
    const numbers = STAT.exec(line)?.groups;
    if (numbers !== undefined) {
      numbersOfPoint.set(numbers['point'] ?? '', splitWords(numbers['numbers'] ?? ''));
      continue;
    }
    const { about, error } = STAT_ERROR.exec(line)?.groups ?? {};
    if (about !== undefined && error !== undefined) errors.push({ about, error });
  }

  const samplesOfMount = new Map<string, Sample[]>();
  const infos = new Map<string, Sample>();
  for (const line of lines) {
    if (!line.startsWith('mount ')) continue;
    const { device, point, type, mode, major, minor } = MOUNT.exec(line)?.groups ?? {};
    if (
      device === undefined ||
      point === undefined ||
      type === undefined ||
      major === undefined ||
      minor === undefined
    ) {
      throw new ParseError('A line of the list of mounts has other fields than documented.');
    }
    const mountpoint = point.replaceAll('\\040', ' ').replaceAll('\\011', '\t');
    if (isExcluded(mountpoint, type)) continue;

    const path = unescape(point);
    const numbers = numbersOfPoint.get(path);
    const named = errors.find(({ about }) => about.endsWith(`'${path}'`));
    const error = named?.error ?? (timedOut ? TIMEOUT : undefined);
    if (numbers === undefined && error === undefined) {
      throw new ParseError(`stat -f said nothing about ${mountpoint.slice(0, 100)}.`);
    }
    const deviceError = numbers === undefined && error !== undefined ? errorWord(error) : '';
    const labels = { device, mountpoint, fstype: type, device_error: deviceError };
    // Of mounts that lie on top of each other, the last is the one that is seen.
    samplesOfMount.set(JSON.stringify([device, mountpoint, type]), readMount(labels, mode === 'ro', numbers));
    if (numbers === undefined) continue;
    const ofInfo = { device, major, minor, mountpoint };
    infos.set(JSON.stringify(ofInfo), { metric: 'node_filesystem_mount_info', labels: ofInfo, value: 1 });
  }
  return [...[...samplesOfMount.values()].flat(), ...infos.values()];
}

function readMount(labels: Labels, readonly: boolean, numbers: readonly string[] | undefined): Sample[] {
  const sample = (metric: string, value: number): Sample => ({ metric, labels, value });
  const samples = [
    sample('node_filesystem_device_error', numbers === undefined ? 1 : 0),
    sample('node_filesystem_readonly', readonly ? 1 : 0),
  ];
  if (numbers === undefined) return samples;

  const [blockBytes = 0, blocks = 0, free = 0, available = 0, files = 0, filesFree = 0] = numbers.map(
    (word) => readCount(word, `stat -f ${labels.mountpoint}`),
  );
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

/** A field of /proc/self/mounts as a path. */
function unescape(field: string): string {
  return field.replaceAll(OCTAL, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** The words of strerror(3) as node_exporter has them. */
function errorWord(error: string): string {
  if (error === 'Stale file handle') return 'stale NFS file handle';
  return error.charAt(0).toLowerCase() + error.slice(1);
}
