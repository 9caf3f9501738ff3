import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makePrivateFolder } from './private-folder.js';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'pipefleet-private-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('a private folder', () => {
  test('is closed to others and tells git to pass over all that it holds', async () => {
    const folder = join(parent, 'a', 'keys');
    await makePrivateFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
    // Of the parents only the mode is ours.
    expect(readdirSync(join(parent, 'a'))).toEqual(['keys']);
  });

  test.each([['.gitignore'], ['notes']])('that was there already stays as it is (%s)', async (name) => {
    const folder = join(parent, 'keys');
    mkdirSync(folder, { mode: 0o755 });
    writeFileSync(join(folder, name), 'mine\n');
    await makePrivateFolder(folder);
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), 'utf8')).toBe('mine\n');
  });
});
