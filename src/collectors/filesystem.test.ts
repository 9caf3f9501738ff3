import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { findTool } from '../stack/tools.js';
import { buildBatch } from './batch.js';
import type { Collector, Sample } from './collector.js';
import { filesystem } from './filesystem.js';
import { time } from './time.js';
import { folderWith, runBatch } from './testing/shell.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const SHELLS = ['dash', 'bash', 'busybox'] as const;

const root = mkdtempSync(join(tmpdir(), 'pipefleet-mounts-'));
const programs: string[] = [];
let busybox = '';
let stat = '';

beforeAll(async () => {
  busybox = await findTool('busybox');
  stat = join(folderOf({ stat: busybox }), 'stat');
});
afterAll(() => {
  for (const folder of [root, ...programs]) rmSync(folder, { recursive: true });
});

function folderOf(links: Readonly<Record<string, string>>): string {
  const folder = folderWith(links);
  programs.push(folder);
  return folder;
}

/** A folder of the machine under the root of the test, and its line in /proc/self/mountinfo. */
function mount(
  name: string,
  type: string,
  { options = 'rw', superOptions = 'rw', tags = ' shared:1' } = {},
): string {
  mkdirSync(join(root, name), { recursive: true });
  const point = join(root, name).replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011');
  return `36 27 0:${name.length} / ${point} ${options},relatime${tags} - ${type} ${type}-source ${superOptions}\n`;
}

/**
 * What the collector reads on a node that has these mounts, and whose `stat` never ends where the path has `dead` in it. All programs
 * are those of busybox, so that the node is the same whatever its shell.
 */
async function collect(shell: (typeof SHELLS)[number], mounts: string): Promise<Sample[]> {
  const mountinfo = join(root, `mountinfo-${shell}`);
  writeFileSync(mountinfo, mounts);
  const applets = ['head', 'sleep', 'date', 'sh', 'timeout'];
  const path = folderOf(Object.fromEntries(applets.map((name) => [name, busybox])));
  const fake = join(path, 'stat');
  writeFileSync(fake, `#!/bin/sh\ncase $* in *dead*) exec sleep 600 ;; esac\nexec '${stat}' "$@"\n`);
  chmodSync(fake, 0o755);

  const here: Collector = {
    ...filesystem,
    script: () => (filesystem.script?.(DEFAULT_SOFTWARE) ?? '').replaceAll('/proc/self/mountinfo', mountinfo),
  };
  const batch = buildBatch([here, time], DEFAULT_SOFTWARE);
  const words = shell === 'busybox' ? [busybox, 'ash'] : [shell];
  const { complete, files, sections } = batch.split(
    await runBatch(batch.command(TOKEN), { shell: words, path }),
    TOKEN,
  );
  // A mount that hangs costs no other section.
  expect(complete).toBe(true);
  const parse = (collector: Collector): Sample[] => {
    const { output = '', status = 0 } = sections.get(collector.name) ?? {};
    return collector.parse({ files, output, status, software: DEFAULT_SOFTWARE });
  };
  expect(parse(time)).toContainEqual({ metric: 'node_time_seconds', value: expect.any(Number) });
  return parse(filesystem);
}

/** Value of a metric for each mount below the root of the test; a mount that has none is left out. */
function valuesOf(samples: readonly Sample[], metric: string): Record<string, number> {
  const own = samples.filter((sample) => sample.metric === metric);
  return Object.fromEntries(
    own.map(({ labels, value }) => [(labels?.['mountpoint'] ?? '').slice(root.length + 1), value]),
  );
}

describe.each(SHELLS)('%s', (shell) => {
  test('a mount that hangs keeps its numbers for itself; all others keep theirs', async () => {
    const samples = await collect(
      shell,
      mount('local', 'ext4') +
        mount('dead', 'nfs4') +
        mount('share', 'cifs') +
        mount('dead-daemon', 'fuse.sshfs') +
        mount('dead-unknown', 'newfs'),
    );
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
  });

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
      labels: { device: 'ext4-source', major: '0', minor: '5', mountpoint: join(root, 'plain') },
      value: 1,
    });
  });
});
