import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Purpose } from '../core/purpose.js';
import { EXIT } from './exit-codes.js';
import { runKeysGenerate } from './keys-generate.js';

let folder: string;
let configPath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-generate-'));
  configPath = join(folder, 'pipefleet.yml');
});
afterEach(() => rmSync(folder, { recursive: true }));

function generate(...purposes: readonly Purpose[]): ReturnType<typeof runKeysGenerate> {
  const io = { stdout: new PassThrough(), stderr: new PassThrough() };
  const load = { configPath, collectors: [{ name: 'cpu', module: 'node' }], home: folder, environment: {} };
  return runKeysGenerate(io, { ...load, purposes, folder: undefined, from: [], passphrase: undefined });
}

describe('pipefleet keys generate', () => {
  test('makes a key and a credential for each purpose', async () => {
    expect(await generate('monitor', 'operate')).toBe(EXIT.ok);
    expect(readdirSync(join(folder, 'keys'))).toEqual([
      '.gitignore',
      'monitor',
      'monitor.pub',
      'operate',
      'operate.pub',
    ]);
    expect(readFileSync(configPath, 'utf8')).toContain('key_file: keys/operate');
  });

  test.each(['operate', 'operate.pub'])('makes none when a later one is in the way (%s)', async (name) => {
    mkdirSync(join(folder, 'keys'));
    const taken = join(folder, 'keys', name);
    writeFileSync(taken, 'mine');
    await expect(generate('monitor', 'operate', 'update')).rejects.toThrow(
      `${taken} is there already, and a key is never written over, so that none was made; leave out its purpose, or replace it with pipefleet keys rotate.`,
    );
    expect(readdirSync(join(folder, 'keys'))).toEqual([name]);
    expect(readFileSync(taken, 'utf8')).toBe('mine');
    expect(existsSync(configPath)).toBe(false);
  });
});
