import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lastRunSets, nodeSets, readLastRun, recordRun } from './last-run.js';
import type { Run } from './run.js';
import { stateFolder } from './state-folder.js';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'pipefleet-state-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const surroundings = () => ({ environment: {}, home });
const folder = (): string => join(home, '.local/state/pipefleet');
const files = (): string[] => readdirSync(folder()).filter((name) => name !== '.gitignore');

const RUN: Run = {
  command: 'audit',
  configPath: '/etc/pipefleet.yml',
  startedAt: '2026-01-02T03:04:05.000Z',
  endedAt: '2026-01-02T03:04:06.000Z',
  nodes: {
    'fra-1': { outcome: 'ok', message: '' },
    'fra-2': { outcome: 'failed', message: '2 checks failed.' },
    'fra-3': { outcome: 'unreachable', message: 'The connection was refused.' },
    'fra-4': { outcome: 'skipped', message: '' },
  },
};

describe('the last run', () => {
  test('is read as it was recorded, one for each configuration', async () => {
    const other: Run = { ...RUN, configPath: '/srv/other.yml', nodes: {} };
    await recordRun(RUN, surroundings());
    await recordRun(other, surroundings());
    expect(await readLastRun(RUN.configPath, surroundings())).toEqual(RUN);
    expect(await readLastRun(other.configPath, surroundings())).toEqual(other);
    expect(await readLastRun('/srv/third.yml', surroundings())).toBeUndefined();
    await recordRun({ ...RUN, nodes: {} }, surroundings());
    expect((await readLastRun(RUN.configPath, surroundings()))?.nodes).toEqual({});
    expect(files()).toHaveLength(2);
  });

  test('is for the eyes of its user, and holds no secret', async () => {
    const message = `The answer had "api_token": "abc123" and ${'x'.repeat(1000)}`;
    await recordRun({ ...RUN, nodes: { 'fra-1': { outcome: 'failed', message } } }, surroundings());
    const [file = ''] = files();
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder(), file)).mode & 0o777).toBe(0o600);
    const text = readFileSync(join(folder(), file), 'utf8');
    expect(text).toContain('[redacted]');
    expect(text).not.toContain('abc123');
    expect(text.length).toBeLessThan(700);
  });

  test('lies where XDG_STATE_HOME says, when that is absolute', () => {
    expect(stateFolder({ environment: { XDG_STATE_HOME: '/state' }, home: '/home/ops' })).toBe(
      '/state/pipefleet',
    );
    expect(stateFolder({ environment: { XDG_STATE_HOME: 'state' }, home: '/home/ops' })).toBe(
      '/home/ops/.local/state/pipefleet',
    );
  });

  test('that cannot be kept is an error of its own', async () => {
    const environment = { XDG_STATE_HOME: join(home, 'file') };
    writeFileSync(environment.XDG_STATE_HOME, '');
    await expect(recordRun(RUN, { environment, home })).rejects.toMatchObject({
      code: 'state_unusable',
      message: `What became of the nodes cannot be kept in ${home}/file/pipefleet (ENOTDIR); @failed and the like mean the run before.`,
    });
  });
});

describe('the sets of a run', () => {
  const members = (name: string) => [...(nodeSets(RUN)(name) ?? ['no such set'])];

  test.each([
    ['last', ['fra-1', 'fra-2', 'fra-3', 'fra-4']],
    ['ok', ['fra-1']],
    ['failed', ['fra-2', 'fra-3']],
    ['unreachable', ['fra-3']],
    ['skipped', ['no such set']],
    ['constructor', ['no such set']],
  ])('@%s', (name, expected) => {
    expect(members(name)).toEqual(expected);
  });

  test('say what is wrong only when they are asked', async () => {
    const none = await lastRunSets('pipefleet.yml', surroundings());
    expect(none('other')).toBeUndefined();
    expect(() => none('failed')).toThrow('No run with pipefleet.yml is remembered');

    await recordRun(RUN, surroundings());
    const [file = ''] = files();
    for (const text of ['', '{', '[]', '{"form":2}', '{"form":1,"nodes":{"a":{"outcome":"good"}}}']) {
      writeFileSync(join(folder(), file), text);
      const broken = await lastRunSets(RUN.configPath, surroundings());
      expect(() => broken('ok')).toThrow(expect.objectContaining({ code: 'state_unusable' }));
    }
  });
});
