import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { PipefleetError } from '../core/errors.js';
import type { Node } from '../inventory/node.js';
import { sketchNode } from '../inventory/testing/sketches.js';
import { sketchDesired } from '../ops/access/testing/sketch-facts.js';
import type { RootResult } from '../ops/login/run-as-root.js';
import type { Ask } from './ask.js';
import { setUpNodes, type SetUpTools } from './set-up-nodes.js';
import { type NodeResult, type Proof, summaryLine } from './set-up-report.js';

const PROOF: Proof = {
  ok: true,
  message: '',
  series: 468,
  gate: '0.1.0',
  attempts: [{ what: 'a shell', result: 'refused', detail: '' }],
};
const FACTS = `kernel 6.1.0 x86_64
os
| Debian GNU/Linux 12 (bookworm)
program useradd
generation testnet
unit popcache.service
pipefleet-facts end
`;

/** What a machine prints: facts to the first script, success to the second. */
const answer = (script: string): string =>
  script.includes('pipefleet-steps')
    ? ['0', '1', '2', '3', '4'].map((index) => `pipefleet-step ${index} 0\n`).join('') +
      'pipefleet-steps done\n'
    : FACTS;

interface Scene {
  readonly nodes?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly says?: boolean;
  readonly asRoot?: (node: Node, script: string) => Promise<RootResult>;
  readonly tools?: Partial<SetUpTools>;
}

async function play(
  scene: Scene,
): Promise<{ results: readonly NodeResult[]; shown: string; asked: string[] }> {
  const stderr = new PassThrough();
  const asked: string[] = [];
  const never = (): Promise<never> => Promise.reject(new Error('not asked here'));
  const ask: Ask = {
    confirm: (question) => {
      asked.push(question);
      return Promise.resolve(scene.says ?? true);
    },
    secret: never,
    text: never,
  };
  const ok = (stdout: string): RootResult => ({ ok: true, stdout, stderr: '', exitCode: 0 });
  const results = await setUpNodes(
    { stderr },
    (scene.nodes ?? ['fra-1']).map((name) => sketchNode({ name })),
    { adopt: false, dryRun: scene.dryRun ?? false, yes: scene.yes ?? false, concurrency: 4 },
    {
      ask,
      asRoot: scene.asRoot ?? ((_node, script) => Promise.resolve(ok(answer(script)))),
      gatePath: '/usr/local/lib/pipefleet/gate',
      fleet: 'f0123456789abcde',
      accountsOf: () => ['pipefleet'],
      desired: () => Promise.resolve(sketchDesired()),
      prove: () => Promise.resolve(PROOF),
      signal: new AbortController().signal,
      ...scene.tools,
    },
  );
  stderr.end();
  return { results, asked, shown: ((stderr.read() ?? '') as Buffer | string).toString() };
}

const outcomes = (results: readonly NodeResult[]): string[] =>
  results.map(({ name, outcome }) => `${name} ${outcome}`);

describe('setting nodes up', () => {
  test('shows what it will do, asks once, does it, proves it', async () => {
    const { results, shown, asked } = await play({ nodes: ['fra-1', 'fra-2', 'ams-1'] });
    expect(outcomes(results)).toEqual(['fra-1 ready', 'fra-2 ready', 'ams-1 ready']);
    expect(asked).toEqual(['Set up 3 nodes?']);
    expect(shown)
      .toBe(`3 nodes: fra-1, fra-2, ams-1 (Debian GNU/Linux 12 (bookworm); x86_64; testnet by popcache.service)
  + manifest /usr/local/lib/pipefleet/manifest-f0123456789abcde lists what pipefleet makes here
  + gate     /usr/local/lib/pipefleet/gate, version 0.1.0, sha256 a8076d3d28d21e02…
  + account  pipefleet, without a password, shell /bin/sh, home /var/lib/pipefleet
  + folder   /var/lib/pipefleet and .ssh belong to root: pipefleet cannot change what its keys may do
  + key      pipefleet: monitor ssh-ed25519 SHA256:monitor

[1/3] fra-1: ready: the key reads 468 series, and was refused 1 other thing
[2/3] fra-2: ready: the key reads 468 series, and was refused 1 other thing
[3/3] ams-1: ready: the key reads 468 series, and was refused 1 other thing
`);
  });

  test('changes nothing when it is only to show', async () => {
    const scripts: string[] = [];
    const { results, asked } = await play({
      dryRun: true,
      asRoot: (_node, script) => {
        scripts.push(script);
        return Promise.resolve({ ok: true, stdout: answer(script), stderr: '', exitCode: 0 });
      },
    });
    expect(outcomes(results)).toEqual(['fra-1 planned']);
    expect(scripts).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  test('changes nothing when the person says no', async () => {
    await expect(play({ says: false })).rejects.toThrow(
      new PipefleetError('declined', 'Nothing was changed.'),
    );
  });

  test('goes on with the others where one cannot be reached, is refused by its node, or fails its proof', async () => {
    const { results, shown } = await play({
      nodes: ['dead', 'broken', 'strange', 'open', 'good'],
      yes: true,
      asRoot: ({ name }, script) => {
        if (name === 'dead')
          return Promise.resolve({
            ok: false,
            reason: 'connect',
            message: 'Nobody is there.',
          });
        if (name === 'broken' && script.includes('pipefleet-steps'))
          return Promise.resolve({
            ok: true,
            stdout: 'pipefleet-step 0 0\npipefleet-step 1 0\npipefleet-step 2 1\n',
            stderr: 'useradd: no space\n',
            exitCode: 1,
          });
        const stdout = name === 'strange' ? 'Welcome!' : answer(script);
        return Promise.resolve({ ok: true, stdout, stderr: '', exitCode: 0 });
      },
      tools: {
        prove: ({ name }) =>
          Promise.resolve(
            name === 'open' ? { ...PROOF, ok: false, message: 'The key may do more than it should.' } : PROOF,
          ),
      },
    });
    expect(results.map(({ name, outcome, reason }) => [name, outcome, reason])).toEqual([
      ['dead', 'unreachable', 'connect'],
      ['broken', 'failed', 'step'],
      ['strange', 'failed', 'facts'],
      ['open', 'failed', 'proof'],
      ['good', 'ready', 'none'],
    ]);
    expect(shown).toContain('dead: UNREACHABLE, Nobody is there.');
    expect(shown).toContain(
      'broken: FAILED, The step account failed: useradd: no space; what was done before it stays, and doing it again is safe.',
    );
    expect(shown).toContain('strange: FAILED, The node did not say what it is; it said: Welcome!');
    expect(summaryLine(results)).toBe('5 nodes: 1 ready, 3 failed, 1 unreachable');
  });

  test('begins no new node when the person has enough, and says which were not begun', async () => {
    const controller = new AbortController();
    const { results } = await play({
      nodes: Array.from({ length: 9 }, (_, index) => `fra-${index + 1}`),
      yes: true,
      tools: {
        signal: controller.signal,
        prove: ({ name }) => {
          if (name === 'fra-2') controller.abort();
          return Promise.resolve(PROOF);
        },
      },
    });
    const ready = results.filter(({ outcome }) => outcome === 'ready');
    expect(ready.length).toBeGreaterThanOrEqual(2);
    expect(results.filter(({ outcome }) => outcome === 'skipped').length).toBe(9 - ready.length);
    expect(ready.length).toBeLessThan(9);
  });

  test('writes ready nodes into the inventory one after the other, and tells when that fails', async () => {
    let writing = 0;
    const { results } = await play({
      nodes: ['fra-1', 'fra-2', 'fra-3'],
      yes: true,
      tools: {
        onReady: async ({ name }) => {
          expect(writing++).toBe(0);
          await new Promise(setImmediate);
          writing--;
          if (name === 'fra-2') throw new PipefleetError('config_unreadable', 'The disk is full.');
        },
      },
    });
    expect(results.map(({ name, outcome, message }) => [name, outcome, message])).toEqual([
      ['fra-1', 'ready', ''],
      ['fra-2', 'failed', 'The disk is full.'],
      ['fra-3', 'ready', ''],
    ]);
  });
});
