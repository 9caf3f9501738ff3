import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createFile } from './create-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-create-'));
  path = join(folder, 'monitor');
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

test('a file is made whole, with its mode, and nothing is left beside it', async () => {
  await createFile(path, 'secret\n', 0o640);
  expect(readFileSync(path, 'utf8')).toBe('secret\n');
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder)).toEqual(['monitor']);
});

test('of several that make it at once one does, and a link that leads nowhere is something too', async () => {
  const made = await Promise.allSettled(['a', 'b', 'c'].map((text) => createFile(path, text, 0o600)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(readFileSync(path, 'utf8')).toBe(
    ['a', 'b', 'c'][made.findIndex(({ status }) => status === 'fulfilled')],
  );
  symlinkSync('nowhere', join(folder, 'link'));
  await expect(createFile(join(folder, 'link'), 'd', 0o600)).rejects.toMatchObject({ code: 'EEXIST' });
  expect(readdirSync(folder)).toEqual(['link', 'monitor']);
});
