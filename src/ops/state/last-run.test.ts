import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { recordRun, runSets, stateFolder } from './last-run.js';

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'pipefleet-state-')), 'pipefleet');
});

afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

const NODES = {
  'fra-1': { outcome: 'ok', message: '' },
  'fra-2': { outcome: 'failed', message: 'mail operator@example.com' },
  'fra-3': { outcome: 'unreachable', message: 'Nobody is there.' },
} as const;

describe('the last run', () => {
  test('gives the sets of selectors, for its own configuration', async () => {
    await recordRun('/a/pipefleet.yml', { command: 'audit', endedAt: 0, nodes: NODES }, folder);
    const sets = await runSets('/a/pipefleet.yml', folder);
    const names = (set: string): string[] => [...(sets(set) ?? [])];
    expect(names('last')).toEqual(['fra-1', 'fra-2', 'fra-3']);
    expect(names('ok')).toEqual(['fra-1']);
    expect(names('failed')).toEqual(['fra-2', 'fra-3']);
    expect(names('unreachable')).toEqual(['fra-3']);
    expect(sets('other')).toBeUndefined();
    const other = await runSets('/b/pipefleet.yml', folder);
    expect(() => other('failed')).toThrow(
      '@failed means nothing yet: no command has worked on nodes of /b/pipefleet.yml.',
    );
  });

  test('is closed to others, and holds nothing that looks like a secret', async () => {
    await recordRun('/a/pipefleet.yml', { command: 'audit', endedAt: 0, nodes: NODES }, folder);
    const [name = ''] = readdirSync(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, name), 'utf8')).not.toContain('operator@example.com');
  });

  test('that is broken is said so when it is asked for, and not before', async () => {
    await recordRun('/a/pipefleet.yml', { command: 'audit', endedAt: 0, nodes: NODES }, folder);
    writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), '{');
    const sets = await runSets('/a/pipefleet.yml', folder);
    expect(() => sets('failed')).toThrow('cannot be read (broken).');
  });

  test('lies where the system keeps state', () => {
    expect(stateFolder({ XDG_STATE_HOME: '/state' }, '/home/me')).toBe('/state/pipefleet');
    expect(stateFolder({}, '/home/me')).toBe('/home/me/.local/state/pipefleet');
  });
});
