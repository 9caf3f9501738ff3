import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { describeUnless } from '../testing/describe-unless.js';
import { buildBatch } from './batch.js';
import type { Sample } from './collector.js';
import { filesystem } from './filesystem.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const NO_MOUNTS = process.getuid?.() === 0 ? undefined : 'mounts of its own take root (unshare)';

/** Mounts below $1 that an account may reach, and the same in a folder that it may not enter; then the batch $2 as that account. */
const ENTER = `set -e
mount -t tmpfs -o mode=755 tmpfs "$1"
cd "$1"
mkdir -m 755 open
mkdir -m 750 private
n='
'
for f in open private; do
for name in "O'Brien" 'naïve' 'a: b' '%s' '-f' 'back\\\\040' "$(printf 'no text \\\\377')" "line\${n}break" "carriage$(printf '\\\\r')"; do
mkdir -- "$f/$name"
mount -t tmpfs -o size=1m tmpfs "./$f/$name"
done
done
shift
exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "$1"`;

describeUnless(NO_MOUNTS, 'real mounts, of which an account may not reach some', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pipefleet-mounts-'));
    chmodSync(folder, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function collect(perl: boolean): Sample[] {
    const batch = buildBatch([{ ...filesystem, files: ['/proc/uptime'] }], DEFAULT_SOFTWARE);
    const command = perl
      ? batch.command(TOKEN)
      : batch.command(TOKEN).replaceAll(/perl(?= -e| >)/g, 'no-perl-here');
    const stdout = execFileSync('unshare', ['--mount', 'sh', '-c', ENTER, 'sh', folder, command], {
      encoding: 'utf8',
    });
    const { output = '' } = batch.split(stdout, TOKEN).sections.get('filesystem') ?? {};
    expect(/^together$/m.test(output)).toBe(!perl);
    const samples = filesystem.parse({ files: new Map(), output, status: 0, software: DEFAULT_SOFTWARE });
    return samples.filter(({ labels }) => labels?.['mountpoint']?.startsWith(folder));
  }

  test.each([
    ['Perl', true],
    ['the shell', false],
  ])('each has its error or its numbers, by %s', (_, perl) => {
    const samples = collect(perl);
    const errors = samples
      .filter(({ metric }) => metric === 'node_filesystem_device_error')
      .map(({ labels, value }) => [
        labels?.['mountpoint']?.split('/').at(-2),
        labels?.['device_error'],
        value,
      ]);
    expect(errors.slice(1)).toEqual([
      ...Array<unknown>(9).fill(['open', '', 0]),
      ...Array.from({ length: 9 }, (_each, index) => [
        'private',
        // In an error, a name with a line break could pass for a line of the answer.
        index === 7 ? 'no answer' : 'permission denied',
        1,
      ]),
    ]);
    const sizes = samples.filter(
      ({ metric, value }) => metric === 'node_filesystem_size_bytes' && value === 2 ** 20,
    );
    expect(sizes).toHaveLength(9);
  });
});
