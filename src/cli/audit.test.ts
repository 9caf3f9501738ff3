import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditTools } from '../bin/audit-tools.js';
import { audit } from '../collectors/audit.js';
import { PipefleetError } from '../core/errors.js';
import { createLogger } from '../core/logger.js';
import { createRunMemory, readLastRun, type RunMemory } from '../ops/last-run.js';
import { Prober } from '../scrape/prober.js';
import { answerOf, fakeExec, ran, tokenOf } from '../scrape/testing/fakes.js';
import type { AuditReport } from './audit-report.js';
import { runAudit, type AuditOptions } from './audit.js';
import { EXIT } from './exit-codes.js';

let folder = '';

const CONFIG = `
known_hosts: known_hosts
credentials:
  main: { user: pipefleet, key_file: key }
limits: { concurrent_probes: 2 }
nodes:
  - { name: good-1, host: good-1.example.net, groups: [eu] }
  - { name: bad-1, host: bad-1.example.net, groups: [eu], labels: { region: fra } }
  - { name: good-2, host: good-2.example.net }
  - { name: gone-1, host: gone-1.example.net }
  - { name: odd-1, host: odd-1.example.net }
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-audit-'));
  writeFileSync(join(folder, 'fleet.yml'), CONFIG);
  writeFileSync(join(folder, 'without.yml'), `${CONFIG}modules: { audit: { collectors: [uname] } }\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What nodes give: little, so that nearly everything is unknown. */
const GOOD = { accounts: 'zero root\nuid 997' };
const BAD = { accounts: 'zero root\nzero toor\nuid 997', containers: 'members ubuntu' };

function answer(node: string, command: string) {
  if (node === 'gone-1') return ran('', { reason: 'connect', message: 'The connection was refused.' });
  const token = tokenOf(command);
  const given = node === 'bad-1' ? BAD : GOOD;
  const parts = Object.entries(given).map(([name, text]) => `${text}\n@${token} ${name} 0\n`);
  const section = node === 'odd-1' ? 'sh: out of memory' : `${token}\n${parts.join('')}`;
  return ran(answerOf(command, { files: '', audit: section }));
}

const surroundings = () => ({ environment: {}, home: folder });

async function run(
  options: Partial<AuditOptions> = {},
  file = 'fleet.yml',
  memory: RunMemory = createRunMemory(surroundings()),
) {
  const io = { stdout: new PassThrough(), stderr: new PassThrough() };
  let running = 0;
  let most = 0;
  const code = await runAudit(
    io,
    {
      configPath: join(folder, file),
      selectors: [],
      json: false,
      failedOnly: false,
      failOn: 'info',
      collectors: [
        { name: 'uname', module: 'node' },
        { name: 'audit', module: 'audit' },
      ],
      home: folder,
      environment: {},
      ...options,
    },
    {
      judge: auditTools.judge,
      memory,
      withProber: (config, use) =>
        use(
          new Prober({
            collectors: [audit],
            execFor: ({ name }) =>
              fakeExec(async (command) => {
                most = Math.max(most, ++running);
                await Promise.resolve();
                running--;
                return answer(name, command);
              }),
            limits: config.limits,
            logger: createLogger('silent'),
          }),
        ),
    },
  );
  const printed = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, most, stdout: printed(io.stdout), stderr: printed(io.stderr) };
}

async function runJson(options: Partial<AuditOptions>): Promise<AuditReport> {
  return JSON.parse((await run({ ...options, json: true })).stdout) as AuditReport;
}

describe('pipefleet audit', () => {
  test('prints of each node what failed, why and how to mend it, then what is unknown and why', async () => {
    const { code, stdout } = await run({ selectors: ['bad-1'] });
    expect(code).toBe(EXIT.failed);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^bad-1: 2 failed, \d+ unknown, \d+ passed$/);
    expect(lines[1]).toBe('  FAILED  critical  uid-zero: The user id 0 also belongs to toor.');
    expect(lines[2]).toBe('          wanted    root is the only account with the user id 0.');
    expect(lines[3]).toMatch(/^ {10}why {7}\S/);
    expect(lines[4]).toMatch(/^ {10}mend {6}\S/);
    expect(lines[5]).toMatch(/^ {10}CAREFUL {3}\S/);
    expect(lines[6]).toMatch(/^ {2}FAILED {2}warning {3}docker-group: ubuntu is in it\.$/);
    expect(stdout).toMatch(/\n {2}unknown critical {2}empty-passwords +\/etc\/shadow cannot be read\.\n/);
    expect(stdout).toContain('\n  %pipefleet-audit ALL=(root) NOPASSWD: /usr/bin/passwd -S -a\n');
    expect(stdout).toMatch(/\n1 node: 2 failed, \d+ unknown, \d+ passed\n$/);
  });

  test('says of a node without an answer why there is none', async () => {
    const { code, stdout } = await run({ selectors: ['gone-1', 'odd-1'] });
    expect(code).toBe(EXIT.failed);
    expect(stdout).toBe(`gone-1: NO ANSWER, reason connect
  The connection was refused.

odd-1: NO ANSWER, reason parse
  No collector could read its part: The script of the audit did not begin with its token.

2 nodes, 2 without an answer: 0 failed, 0 unknown, 0 passed
`);
  });

  test('shows with --failed-only the nodes and checks that failed, and counts all', async () => {
    const { stdout } = await run({ failedOnly: true });
    expect(stdout).not.toMatch(/good-|unknown \w+ {2}|sudoers/);
    expect(stdout).toContain('bad-1: 2 failed');
    expect(stdout).toMatch(/\n5 nodes, 2 without an answer: 2 failed, [1-9]\d* unknown, [1-9]\d* passed\n$/);
  });

  test('prints one JSON object with the same keys for whatever came of a node', async () => {
    const { nodes, counts } = await runJson({});
    expect(nodes.map(({ name, success, reason }) => [name, success, reason])).toEqual([
      ['good-1', true, 'none'],
      ['bad-1', true, 'none'],
      ['good-2', true, 'none'],
      ['gone-1', false, 'connect'],
      ['odd-1', false, 'parse'],
    ]);
    expect(counts).toMatchObject({ nodes: 5, unreachable: 2, failed: 2 });
    for (const node of nodes)
      expect(Object.keys(node)).toEqual(['name', 'success', 'reason', 'message', 'counts', 'checks']);
    const keys = ['check', 'severity', 'result', 'title', 'detail', 'why', 'mend', 'lockOut', 'allow'];
    for (const { checks } of nodes) for (const check of checks) expect(Object.keys(check)).toEqual(keys);
    const bad = await runJson({ selectors: ['region=fra'], failedOnly: true });
    expect(bad.nodes[0]?.checks.map(({ check }) => check)).toEqual(['uid-zero', 'docker-group']);
  });

  test.each([
    [['good-*'], 'info', EXIT.ok],
    [['group=eu'], 'info', EXIT.failed],
    [['bad-1'], 'critical', EXIT.failed],
    [['bad-1'], 'never', EXIT.ok],
    [['gone-1'], 'critical', EXIT.failed],
    [['gone-1'], 'never', EXIT.ok],
  ] as const)('of %j with --fail-on %s it ends with %d', async (selectors, failOn, code) => {
    expect((await run({ selectors, failOn })).code).toBe(code);
  });

  test('asks as many nodes at once as the limits allow', async () => {
    expect((await run()).most).toBe(2);
  });

  test('remembers what became of the nodes, so that selectors can ask for it', async () => {
    await run();
    const kept = await readLastRun(join(folder, 'fleet.yml'), surroundings());
    expect(kept).toMatchObject({
      command: 'audit',
      nodes: {
        'good-1': { outcome: 'ok', message: '' },
        'bad-1': { outcome: 'failed', message: '2 checks failed.' },
        'good-2': { outcome: 'ok', message: '' },
        'gone-1': { outcome: 'unreachable', message: 'The connection was refused.' },
        'odd-1': { outcome: 'failed', message: 'The answer could not be read.' },
      },
    });
    const { nodes } = await runJson({ selectors: ['@failed', '!@unreachable'] });
    expect(nodes.map(({ name }) => name)).toEqual(['bad-1', 'odd-1']);
    expect((await runJson({ selectors: ['@last'] })).nodes).toHaveLength(2);
  });

  test('says when it cannot remember, and has done its work all the same', async () => {
    const { code, stdout, stderr } = await run({ selectors: ['good-1'] }, 'fleet.yml', {
      sets: () => Promise.resolve(() => undefined),
      record: () => Promise.reject(new PipefleetError('state_unusable', 'The disk is full.')),
    });
    expect({ code, stderr }).toEqual({ code: EXIT.ok, stderr: 'The disk is full.\n' });
    expect(stdout).toMatch(/^good-1: 0 failed/);
  });

  test('refuses what it cannot do in a sentence', async () => {
    await expect(run({ selectors: ['nobody'] })).rejects.toThrow('No node is meant by "nobody"');
    await expect(run({}, 'without.yml')).rejects.toThrow('takes the collector audit out of the module audit');
  });
});
