import { mkdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { quote } from '../core/shell.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { findTool } from '../stack/tools.js';
import { expectLinear } from '../testing/linear-cost.js';
import type { Sample } from './collector.js';
import { filesystem } from './filesystem.js';
import { time } from './time.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { applets, askAll, SHELLS, type Shell } from './testing/node.js';

let root: FakeRoot;
/** Words that run the `stat` of several makers; most distributions have that of GNU. */
const statOf: Record<string, string> = { 'this machine': '/usr/bin/stat' };

beforeAll(async () => {
  statOf['busybox'] = `${quote(await findTool('busybox'))} stat`;
  statOf['uutils'] = `${quote(await findTool('rust-coreutils'))} stat`;
});
beforeEach(() => {
  root = createFakeRoot('/proc');
});
afterEach(() => root.remove());

interface MountOptions {
  readonly options?: string;
  readonly superOptions?: string;
  readonly tags?: string;
  /** Whether its folder is there; one that is not cannot be asked, like one that the account may not reach. */
  readonly there?: boolean;
}

/** A folder of the machine under the root of the test, and its line in /proc/self/mountinfo. A character of a name is a byte. */
function mount(
  name: string,
  type: string,
  { options = 'rw', superOptions = 'rw', tags = ' shared:1', there = true }: MountOptions = {},
): string {
  const path = Buffer.from(root.at(name), 'latin1');
  if (there) mkdirSync(path, { recursive: true });
  const escape = (text: string): string => `\\${text.charCodeAt(0).toString(8).padStart(3, '0')}`;
  const point = path.toString('latin1').replaceAll(/[ \t\n\\]/g, escape);
  return `36 27 0:${name.length} / ${point} ${options},relatime${tags} - ${type} ${type}-source ${superOptions}\n`;
}

/**
 * What the collector reads on a node that has these mounts, and whose `stat` never ends where a path has `dead` in it. All programs
 * are those of busybox, so that the node is the same whatever its shell.
 */
async function collect(shell: Shell, mounts: string, stat = 'busybox'): Promise<Sample[]> {
  root.write('/proc/self/mountinfo', Buffer.from(mounts, 'latin1'));
  root.program(
    'stat',
    `echo >>${quote(root.at('asked'))}\ncase $* in *dead*) exec sleep 600 ;; esac\nPATH=/usr/bin:/bin exec ${statOf[stat] ?? ''} "$@"`,
  );
  const programs = await applets('head', 'sleep', 'date', 'sh', 'timeout');
  const { complete, parse } = await askAll([filesystem, time], { shell, bare: true, programs, root });
  // A mount that hangs costs no other section.
  expect(complete).toBe(true);
  expect(parse(time)).toContainEqual({ metric: 'node_time_seconds', value: expect.any(Number) });
  return parse(filesystem);
}

/** How many processes were started to ask. */
const processes = (): number => readFileSync(root.at('asked'), 'utf8').length;

/** Value of a metric for each mount below the root of the test; a mount that has none is left out. */
function valuesOf(samples: readonly Sample[], metric: string): Record<string, number> {
  const own = samples.filter((sample) => sample.metric === metric);
  return Object.fromEntries(own.map(({ labels, value }) => [(labels?.['mountpoint'] ?? '').slice(1), value]));
}

/** Why each mount told no numbers, of those that did not. */
function errorsOf(samples: readonly Sample[]): Record<string, string> {
  const failed = samples.filter(
    ({ metric, value }) => metric === 'node_filesystem_device_error' && value === 1,
  );
  return Object.fromEntries(
    failed.map(({ labels }) => [(labels?.['mountpoint'] ?? '').slice(1), labels?.['device_error'] ?? '']),
  );
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
    expect(new Set(Object.values(errorsOf(samples)))).toEqual(new Set(['mountpoint timeout']));
  }
});

test('a local mount below one that hangs takes no other with it', async () => {
  const mounts =
    mount('root', 'ext4') + mount('dead', 'nfs4') + mount('dead/cache', 'tmpfs') + mount('home', 'xfs');
  for (const samples of await Promise.all(SHELLS.map((shell) => collect(shell, mounts)))) {
    expect(errorsOf(samples)).toEqual({ dead: 'mountpoint timeout', 'dead/cache': 'mountpoint timeout' });
    expect(Object.keys(valuesOf(samples, 'node_filesystem_size_bytes'))).toEqual(['root', 'home']);
  }
});

/** What tools quote, each in a way of its own, and what shells might read otherwise; a character is a byte. */
const STRANGE_NAMES = [
  "home/u/O'Brien",
  '"quoted"',
  'na\u00c3\u00afve',
  'no-break\u00c2\u00a0space',
  'no text \u00ff\u00fe',
  'back\\slash\\040',
  'colon: Permission denied',
  'a (os error 2)',
  '-f',
  '%S %b',
  '$(id) `id` *',
  'carriage\rreturn',
  'tab\tand  blanks ',
];

describe.each(SHELLS)('%s', (shell) => {
  test.each(['this machine', 'busybox', 'uutils'])(
    'the stat of %s tells the error of each mount, and the numbers of all others, whatever they are called',
    async (stat) => {
      const mounts = STRANGE_NAMES.flatMap((name) =>
        ['ext4', 'nfs4'].flatMap((type) => [
          mount(`${type}/${name}`, type),
          mount(`${type}/gone/${name}`, type, { there: false }),
        ]),
      );
      const samples = await collect(shell, mounts.join(''), stat);
      const errors = Object.entries(errorsOf(samples));
      expect(errors).toHaveLength(STRANGE_NAMES.length * 2);
      for (const error of errors)
        expect(error).toEqual([expect.stringMatching(/^(?:ext4|nfs4)\/gone\//), 'no such file or directory']);
      const sizes = Object.keys(valuesOf(samples, 'node_filesystem_size_bytes'));
      expect(sizes).toHaveLength(STRANGE_NAMES.length * 2);
      expect(sizes.filter((point) => point.includes('/gone/'))).toEqual([]);
    },
  );

  test.each(['this machine', 'busybox', 'uutils'])(
    'a name with a line break forges nothing in the errors of %s',
    async (stat) => {
      const forged = 'x\nmount /dev/evil /evil ext4 rw 1:1\nstat 1 1 1 1 1 1 1\nwhy 1\nx: Forged';
      const samples = await collect(
        shell,
        mount('fine', 'ext4') +
          mount(forged, 'fuse.sshfs') +
          mount(`gone/${forged}`, 'fuse.sshfs', { there: false }) +
          mount(`local/${forged}`, 'ext4', { there: false }),
        stat,
      );
      expect(Object.values(valuesOf(samples, 'node_filesystem_device_error'))).toEqual([0, 0, 1, 1]);
      expect(new Set(Object.values(errorsOf(samples)))).toEqual(new Set(['no answer']));
    },
  );

  test('a process asks for many mounts, and one more for the errors among them', async () => {
    const many = Array.from({ length: 120 }, (_, index) =>
      mount(`volume-${index}`, 'tmpfs', { there: index !== 60 && index !== 77 }),
    );
    const samples = await collect(shell, many.join(''));
    expect(Object.keys(errorsOf(samples))).toEqual(['volume-60', 'volume-77']);
    expect(processes()).toBe(4);
  });

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

test.each(['again', 'why', 'together'])(
  'many mounts, and many lines that say "%s" of all of them, are read in time in proportion to the answer',
  (word) => {
    const mounts = (length: number): string =>
      Array.from({ length: length / 32 }, (_, index) => `mount /dev/a /m${index} ext4 rw 8:${index}\n`).join(
        '',
      );
    expectLinear(
      (output) => {
        try {
          filesystem.parse({ files: new Map(), output, status: 0, software: DEFAULT_SOFTWARE });
        } catch {
          // It is not of its form, which is told early enough.
        }
      },
      (length) =>
        `${mounts(length / 2)}together\n1 1 1 1 1 1 /proc\n${`${word}\n`.repeat(length / 2 / (word.length + 1))}`,
    );
  },
);
