import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openLogFile } from './log-file.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a log file', () => {
  test('remembers its last eight lines, also one that has not ended', () => {
    const log = openLogFile(join(folder, 'a.log'));
    for (let line = 1; line <= 12; line += 1) log.write(`line ${line}\n`);
    log.write('the be');
    log.write('ginning');
    expect(log.lastLines()).toEqual([...[6, 7, 8, 9, 10, 11, 12].map((n) => `line ${n}`), 'the beginning']);
    log.close();
  });

  test('never grows past its bound, and keeps the part before', () => {
    const log = openLogFile(join(folder, 'a.log'), 100);
    for (let line = 0; line < 50; line += 1) log.write(`line number ${line}\n`);
    log.close();
    expect(statSync(join(folder, 'a.log')).size).toBeLessThanOrEqual(100);
    expect(statSync(join(folder, 'a.log.1')).size).toBeLessThanOrEqual(100);
    expect(readFileSync(join(folder, 'a.log'), 'utf8')).toMatch(/line number 49\n$/);
  });

  test('takes nothing after it was closed', () => {
    const log = openLogFile(join(folder, 'a.log'));
    log.close();
    log.write('too late');
    expect(readFileSync(log.path, 'utf8')).toBe('');
  });
});
