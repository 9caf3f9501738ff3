import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runBundle, runBundleExample } from './bundle.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function makeIo() {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  return { io: { stdout, stderr }, said: () => String((stdout.read() as Buffer | null) ?? '') };
}

const options = (changes: Partial<Parameters<typeof runBundle>[1]> = {}) => ({
  settingsPath: join(folder, 'bundle.yml'),
  mayBeMissing: true,
  folder: join(folder, 'local'),
  check: false,
  ...changes,
});

describe('pipefleet bundle', () => {
  test('writes everything for the defaults when nobody wrote a bundle.yml, and nothing a second time', async () => {
    const { io, said } = makeIo();
    await expect(runBundle(io, options())).resolves.toBe(0);
    const first = said();
    expect(first).toContain(`wrote  ${join(folder, 'local/prometheus/rules/alerts.yml')}\n`);
    expect(first).toMatch(/^0 of \d+ files were up to date\.$/m);
    const committed = readFileSync('prometheus/rules/alerts.yml', 'utf8');
    expect(readFileSync(join(folder, 'local/prometheus/rules/alerts.yml'), 'utf8')).toBe(committed);
    await expect(runBundle(io, options())).resolves.toBe(0);
    expect(said()).toMatch(/^(\d+) of \1 files were up to date\.\n$/);
  });

  test('with --check writes nothing, and ends with 1 when something would change', async () => {
    const { io, said } = makeIo();
    await expect(runBundle(io, options({ check: true }))).resolves.toBe(1);
    expect(said()).toContain('stale  ');
    expect(() => statSync(join(folder, 'local'))).toThrow('ENOENT');
  });

  test('reads the settings, and says what is wrong with them', async () => {
    const { io } = makeIo();
    writeFileSync(join(folder, 'bundle.yml'), 'alerts: { PipeNodeMemoryHigh: { share: 0.8 } }\n');
    await runBundle(io, options());
    expect(readFileSync(join(folder, 'local/prometheus/rules/alerts.yml'), 'utf8')).toContain(
      'instance:node_memory_utilisation:ratio[15m]) > 0.8',
    );
    writeFileSync(join(folder, 'bundle.yml'), 'alert: {}\n');
    await expect(runBundle(io, options())).rejects.toThrow(
      `${join(folder, 'bundle.yml')}:1:1: "alert" is not a known key; did you mean "alerts"?`,
    );
  });

  test('a file that was named must be there', async () => {
    const { io } = makeIo();
    await expect(runBundle(io, options({ mayBeMissing: false }))).rejects.toThrow(
      'bundle.yml does not exist; "pipefleet bundle --example" prints one to start from',
    );
  });

  test('says where it cannot write', async () => {
    const { io } = makeIo();
    writeFileSync(join(folder, 'local'), '');
    await expect(runBundle(io, options())).rejects.toThrow(
      /local\/prometheus\/rules\/recording\.yml cannot be written \((ENOTDIR|EEXIST)\); name another folder with --out/,
    );
  });

  test('--example prints what can be set', () => {
    const { io, said } = makeIo();
    expect(runBundleExample(io)).toBe(0);
    expect(said()).toContain('#  PipeNodeMemoryHigh:\n');
  });
});
