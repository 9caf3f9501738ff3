import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AuditReport } from '../cli/audit-report.js';
import { runPipefleet } from './testing/exporter-process.js';
import { startRealFleet, type RealFleet } from './testing/real-fleet.js';

let fleet: RealFleet;

beforeAll(async () => {
  fleet = await startRealFleet({ 'fra-1': {}, 'fra-2': {}, slow: { config: ['ForceCommand exec false'] } });
});
afterAll(() => fleet.dispose());

describe('pipefleet audit, of real sshds', () => {
  test('judges nodes from what their shells and programs say', async () => {
    const { code, stdout, stderr } = await runPipefleet(
      'audit',
      'fra-*',
      '--json',
      '--config',
      fleet.configPath,
      '--fail-on',
      'never',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { nodes, counts } = JSON.parse(stdout) as AuditReport;
    expect(nodes.map(({ name, success }) => [name, success])).toEqual([
      ['fra-1', true],
      ['fra-2', true],
    ]);
    expect(counts.unreachable).toBe(0);
    const results = new Map(nodes[0]?.checks.map(({ check, result }) => [check, result]));
    for (const check of ['uid-zero', 'public-tcp-listeners', 'address-randomization'])
      expect([check, results.get(check)]).not.toEqual([check, 'unknown']);
  });

  test('ends with 1 when a node does not answer, and says why', async () => {
    const { code, stdout } = await runPipefleet('audit', 'slow', '--config', fleet.configPath);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^slow: NO ANSWER, reason output\n/);
  });

  test('ends with 2 when nobody is meant', async () => {
    const { code, stderr } = await runPipefleet('audit', 'ams-1', '-c', fleet.configPath);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^No node is meant by "ams-1"/);
  });
});
