import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { SHELLS, TOKEN } from '../../collectors/testing/node.js';
import { cpuOfProgram, growthOf, LINEAR } from '../../testing/program-cost.js';
import { monitorRequest, SERVE_REQUEST } from '../protocol.js';
import { createGateFile, type GateFile } from '../testing/gate-file.js';

const MODULES = new Map([
  ['node', { body: 'echo here\n' }],
  ['endless', { body: 'while :; do echo x; done\n' }],
]);
const ENVIRONMENT = { SSH_ORIGINAL_COMMAND: SERVE_REQUEST };

describe.each(SHELLS)('a persistent gate, under %s', (shell) => {
  let gate: GateFile;
  beforeEach(async () => {
    gate = await createGateFile(MODULES, shell);
  });
  afterEach(() => gate.remove());

  test('refuses a line that is longer than any request, and ends', () => {
    const requests = `${'x'.repeat(257)}\n${monitorRequest('node', TOKEN)}\n`;
    expect(gate.run('monitor', SERVE_REQUEST, {}, requests)).toEqual({
      status: 126,
      stdout: '',
      stderr: 'pipefleet-gate: refused: a request has 256 characters at the most\n',
    });
  });

  test.each([
    ['letters', (size: number) => `${'x'.repeat(size)}\n`],
    ['blanks', (size: number) => `${' '.repeat(size)}\n`],
    ['letters without a line break', (size: number) => 'x'.repeat(size)],
  ])('takes CPU time linear in the length of a line: %s', async (_, line) => {
    const cost = (size: number): number =>
      cpuOfProgram([gate.path, 'monitor'], { input: line(size), env: ENVIRONMENT });
    expect(await growthOf(cost)).toBeLessThan(LINEAR);
  });

  test.each([
    ['before it has asked', ''],
    ['in the middle of a request', monitorRequest('node', TOKEN)],
    ['in the middle of an answer', `${monitorRequest('endless', TOKEN)}\n`],
  ])('ends when the client hangs up %s', async (_, sent) => {
    const child = spawn(gate.path, ['monitor'], { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'ignore'] });
    const ended = once(child, 'exit');
    child.stdin.write(sent);
    if (sent.endsWith('\n')) await once(child.stdout, 'data');
    child.stdin.destroy();
    child.stdout.destroy();
    await ended;
  });
});

describe.each(SHELLS)('a gate, under %s', (shell) => {
  test.each([
    ['letters', 'x'],
    ['line breaks', '\n'],
    ['names of variables', 'a\n'],
  ])('takes CPU time linear in the length of a request: %s', async (_, part) => {
    const gate = await createGateFile(MODULES, shell);
    try {
      // Linux lets no word of the environment be longer than 128 KiB.
      const cost = (size: number): number =>
        cpuOfProgram([gate.path, 'monitor'], {
          env: { SSH_ORIGINAL_COMMAND: part.repeat(size / 3 / part.length) },
        });
      expect(await growthOf(cost)).toBeLessThan(LINEAR);
    } finally {
      gate.remove();
    }
  });
});
