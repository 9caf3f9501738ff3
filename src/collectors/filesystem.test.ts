import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findTool } from '../stack/tools.js';
import type { Sample } from './collector.js';
import { filesystem } from './filesystem.js';
import { time } from './time.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { applets, askAll, SHELLS, type Shell } from './testing/node.js';

let root: FakeRoot;
let busybox = '';

beforeAll(async () => {
  busybox = await findTool('busybox');
});
beforeEach(() => {
  root = createFakeRoot('/proc');
});
afterEach(() => root.remove());

/** A folder of the machine under the root of the test, and its line in /proc/self/mountinfo. */
function mount(
  name: string,
  type: string,
  { options = 'rw', superOptions = 'rw', tags = ' shared:1' } = {},
): string {
  root.folder(`/${name}`);
  const point = root.at(name).replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011');
  return `36 27 0:${name.length} / ${point} ${options},relatime${tags} - ${type} ${type}-source ${superOptions}\n`;
}

/**
 * What the collector reads on a node that has these mounts, and whose `stat` never ends where the path has `dead` in it. All programs
 * are those of busybox, so that the node is the same whatever its shell.
 */
async function collect(shell: Shell, mounts: string): Promise<Sample[]> {
  root.write('/proc/self/mountinfo', mounts);
  root.program('stat', `case $* in *dead*) exec sleep 600 ;; esac\nexec '${busybox}' stat "$@"`);
  const programs = await applets('head', 'sleep', 'date', 'sh', 'timeout');
  const { complete, parse } = await askAll([filesystem, time], { shell, bare: true, programs, root });
  // A mount that hangs costs no other section.
  expect(complete).toBe(true);
  expect(parse(time)).toContainEqual({ metric: 'node_time_seconds', value: expect.any(Number) });
  return parse(filesystem);
}

/** Value of a metric for each mount below the root of the test; a mount that has none is left out. */
function valuesOf(samples: readonly Sample[], metric: string): Record<string, number> {
  const own = samples.filter((sample) => sample.metric === metric);
  return Object.fromEntries(own.map(({ labels, value }) => [(labels?.['mountpoint'] ?? '').slice(1), value]));
}

test('a mount that hangs keeps its numbers for itself; all others keep theirs', async () => {
  const mounts =
    mount('local', 'ext4') +
    mount('dead', 'nfs4') +
    mount('share', 'cifs') +
    mount('dead-daemon', 'fuse.sshfs') +
    mount('dead-unknown', 'newfs');
  // All shells at once, since each waits as long as it may.
  for (const samples of await Promise.all(SHELLS.map((shell) => collect(shell, mounts)))) {
    expect(valuesOf(samples, 'node_filesystem_device_error')).toEqual({
      local: 0,
      dead: 1,
      share: 0,
      'dead-daemon': 1,
      'dead-unknown': 1,
    });
    expect(Object.keys(valuesOf(samples, 'node_filesystem_size_bytes'))).toEqual(['local', 'share']);
    const errors = samples.map(({ labels }) => labels?.['device_error']);
    expect(new Set(errors)).toEqual(new Set(['', 'mountpoint timeout', undefined]));
  }
});

describe.each(SHELLS)('%s', (shell) => {
  test.each(['rw,relatime', 'rw,relatime shared:1 - ', 'rw,relatime shared:1 - ext4 /dev/sd'])(
    'a list that was cut off at %j ends with the mount before',
    async (cut) => {
      const samples = await collect(
        shell,
        `${mount('whole', 'ext4')}36 27 0:9 / ${root.path}/whole/cut ${cut}`,
      );
      expect(valuesOf(samples, 'node_filesystem_device_error')).toEqual({ whole: 0 });
    },
  );

  test('lines of mountinfo are taken apart, whatever fields they have and however they are escaped', async () => {
    const samples = await collect(
      shell,
      mount('plain', 'ext4', { tags: '' }) +
        mount('with blank\tand\\tab', 'ext4', { tags: ' shared:1 master:2' }) +
        mount('mounted-ro', 'xfs', { options: 'ro' }) +
        mount('super-ro', 'xfs', { superOptions: 'ro,seclabel' }) +
        mount('emergency', 'ext4', { superOptions: 'rw,emergency_ro' }) +
        mount('error', 'ext4', { superOptions: 'rw,errors=remount-ro' }) +
        mount('container', 'overlay'),
    );
    expect(valuesOf(samples, 'node_filesystem_readonly')).toEqual({
      plain: 0,
      'with blank\tand\\134tab': 0,
      'mounted-ro': 1,
      'super-ro': 1,
      emergency: 1,
      error: 0,
    });
    expect(samples.filter(({ metric }) => metric === 'node_filesystem_mount_info')[0]).toEqual({
      metric: 'node_filesystem_mount_info',
      labels: { device: 'ext4-source', major: '0', minor: '5', mountpoint: '/plain' },
      value: 1,
    });
  });
});
