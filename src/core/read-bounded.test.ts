import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FileTooLarge, readBounded } from './read-bounded.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-read-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([0, 1, 4095, 4096, 4097, 10_000, 65_536])('reads %d bytes as they are', async (size) => {
  const file = join(folder, 'file');
  const content = Buffer.alloc(size, 'abc');
  writeFileSync(file, content);
  expect((await readBounded(file, 65_536)).equals(content)).toBe(true);
});

test('refuses a file that is one byte too large, with its bound', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, Buffer.alloc(65_537));
  await expect(readBounded(file, 65_536)).rejects.toThrow(new FileTooLarge(65_536));
  expect(new FileTooLarge(65_536).message).toBe('it is larger than 64 KiB');
  expect(new FileTooLarge(33_554_432).message).toBe('it is larger than 32 MiB');
});

test('refuses a device that never ends', async () => {
  await expect(readBounded('/dev/zero', 1_048_576)).rejects.toThrow('it is larger than 1 MiB');
});

test('reads what has no size', async () => {
  expect((await readBounded('/proc/self/status', 65_536)).toString()).toContain('Name:');
  expect(await readBounded('/dev/null', 10)).toHaveLength(0);
});

test('says what the system says', async () => {
  await expect(readBounded(join(folder, 'none'), 10)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(readBounded(folder, 10)).rejects.toMatchObject({ code: 'EISDIR' });
});
