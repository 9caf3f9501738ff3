import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { run } from '../stack/run.js';
import { lockHolder, tryLock, withLock } from './lock.js';
import { processIdentity } from './process-identity.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a lock', () => {
  test('is held by one at a time', async () => {
    const release = await tryLock(join(folder, 'lock'));
    await expect(tryLock(join(folder, 'lock'))).resolves.toBeUndefined();
    await expect(lockHolder(join(folder, 'lock'))).resolves.toBe(process.pid);
    await release?.();
    await expect(lockHolder(join(folder, 'lock'))).resolves.toBeUndefined();
    await expect(tryLock(join(folder, 'lock'))).resolves.toBeDefined();
  });

  test('is taken over from a process that is gone', async () => {
    const { stdout: pid } = await run('sh', ['-c', 'printf %s $$']);
    symlinkSync(pid, join(folder, 'lock'));
    await expect(tryLock(join(folder, 'lock'))).resolves.toBeDefined();
  });

  test('is taken over from a process whose number another one has now', async () => {
    const [pid, started, space] = (processIdentity('self') ?? '').split(' ');
    symlinkSync([pid, Number(started) - 1, space].join(' '), join(folder, 'lock'));
    await expect(tryLock(join(folder, 'lock'))).resolves.toBeDefined();
  });

  test('makes actions follow one another, and tells those who wait', async () => {
    const events: string[] = [];
    const enter = (name: string): Promise<void> =>
      withLock(
        join(folder, 'lock'),
        async () => {
          events.push(`${name} in`);
          await run('true', []);
          events.push(`${name} out`);
        },
        () => events.push(`${name} waits`),
      );
    const first = enter('first');
    const second = enter('second');
    await Promise.all([first, second]);
    expect(events).toHaveLength(5);
    expect(events.filter((event) => event.endsWith('waits'))).toHaveLength(1);
    const turns = events.filter((event) => !event.endsWith('waits')).map((event) => event.split(' ')[0]);
    expect(turns[0]).toBe(turns[1]);
    expect(turns[2]).toBe(turns[3]);
  });

  test('is given back when the action fails', async () => {
    const failing = withLock(
      join(folder, 'lock'),
      () => Promise.reject(new Error('no')),
      () => undefined,
    );
    await expect(failing).rejects.toThrow('no');
    await expect(tryLock(join(folder, 'lock'))).resolves.toBeDefined();
  });
});
