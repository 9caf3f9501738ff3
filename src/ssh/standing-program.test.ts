import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { startDeadline } from '../core/deadline.js';
import type { ExecResult } from '../core/exec.js';
import type { Node } from '../inventory/node.js';
import type { Pool } from './pool.js';
import { realNodes } from './testing/real-nodes.js';

const nodes = realNodes();

/** Runs each line as a command of its own, and says with whose answer it is through. */
const PROGRAM = `while IFS= read -r line; do sh -c "$line" </dev/null; printf '\\n@end over %s\\n' $?; done`;
const END = '\n@end over ';

interface AskOptions {
  readonly seconds?: number;
  readonly program?: string;
  readonly maxOutputBytes?: number;
  readonly alone?: string;
}

/** A command that says `alone` when it runs by itself, and runs the line when the program answers. */
async function ask(
  { pool, node }: { readonly pool: Pool; readonly node: Node },
  request: string,
  { seconds = 120, program = PROGRAM, maxOutputBytes = 1e6, alone = 'echo alone' }: AskOptions = {},
): Promise<ExecResult> {
  const deadline = startDeadline(seconds);
  const standing = { program, request, end: END };
  const result = await pool.execFor(node).exec(alone, { signal: deadline.signal, maxOutputBytes, standing });
  deadline.clear();
  return result;
}

/** Asks until the program stands. */
async function standing(real: { readonly pool: Pool; readonly node: Node }): Promise<void> {
  for (;;) if ((await ask(real, 'echo standing')).stdout === 'standing\n') return;
}

describe('a command that comes again and again', () => {
  test('runs by itself twice, and is answered by one program from then on', async () => {
    const real = await nodes.start();
    expect((await ask(real, 'echo standing')).stdout).toBe('alone\n');
    expect((await ask(real, 'echo standing')).stdout).toBe('alone\n');
    await standing(real);
    const [first, second] = [await ask(real, 'echo $PPID'), await ask(real, 'echo $PPID')];
    expect(first.stdout).toMatch(/^\d+\n$/);
    expect(second).toMatchObject({ stdout: first.stdout, reason: 'none', connectionReused: true });
    expect(second.phases).toMatchObject({ queue: 0, channel: 0 });
    expect(second.phases.command).toBeGreaterThan(0);
  });

  test('has the status and the errors of its own run, whatever it prints and however', async () => {
    const real = await nodes.start();
    await standing(real);
    // sshd passes the two streams on each by itself, so that errors may come when the answer is already there.
    const errors = new Set<string>();
    while (!errors.has('wrong\n')) {
      const answer = await ask(real, 'printf "a\\n@end over it\\n"; echo wrong >&2; exit 7');
      expect(answer).toMatchObject({ reason: 'none', stdout: 'a\n@end over it\n', exitCode: 7 });
      errors.add(answer.stderr);
    }
    expect(await ask(real, ':')).toMatchObject({ stdout: '', exitCode: 0 });
    const slow = await ask(real, 'for c in b "" c; do printf "$c\\n"; sleep 0.02; done');
    expect(slow.stdout).toBe('b\n\nc\n');
    expect((await ask(real, 'head -c 200000 /dev/zero | tr "\\0" x')).stdout).toBe('x'.repeat(200_000));
  });

  test('runs by itself while the program is busy', async () => {
    const real = await nodes.start();
    await standing(real);
    const done = `${real.server.folder}/done`;
    const busy = ask(real, `until [ -e ${done} ]; do sleep 0.02; done; echo standing`);
    expect((await ask(real, 'echo standing')).stdout).toBe('alone\n');
    writeFileSync(done, '');
    expect((await busy).stdout).toBe('standing\n');
  });

  test('runs by itself at once when the program is lost, and is answered by another one later', async () => {
    const real = await nodes.start();
    await standing(real);
    expect(await ask(real, 'kill -9 $PPID')).toMatchObject({ reason: 'none', stdout: 'alone\n' });
    await standing(real);
  });

  test('fails when the program is lost in the middle of its answer', async () => {
    const real = await nodes.start();
    await standing(real);
    expect(await ask(real, 'echo half; sleep 0.1; kill -9 $PPID')).toMatchObject({
      ...{ reason: 'command', stdout: 'half\n', exitCode: undefined },
    });
    expect((await ask(real, 'echo standing')).stdout).toBe('alone\n');
  });

  test('that hangs is given up at its deadline, with what it had printed, and so is the connection', async () => {
    const real = await nodes.start();
    await standing(real);
    expect(await ask(real, 'echo half; sleep 60', { seconds: 3 })).toMatchObject({
      ...{ reason: 'command_timeout', stdout: 'half\n' },
    });
    expect(await ask(real, 'echo standing')).toMatchObject({ stdout: 'alone\n', connectionReused: false });
  });

  test('that nobody waits for takes only the program with it', async () => {
    const real = await nodes.start();
    await standing(real);
    const deadline = startDeadline(120);
    const left = real.pool.execFor(real.node).exec('echo alone', {
      ...{ signal: deadline.signal, maxOutputBytes: 1e6 },
      standing: { program: PROGRAM, request: 'sleep 60', end: END },
    });
    setTimeout(() => deadline.cancel(), 50);
    expect(await left).toMatchObject({ reason: 'cancelled' });
    expect(await ask(real, 'echo standing')).toMatchObject({ stdout: 'alone\n', connectionReused: true });
  });

  test('that prints too much ends the connection, as it would by itself', async () => {
    const real = await nodes.start();
    await standing(real);
    expect(await ask(real, 'cat /dev/zero', { maxOutputBytes: 100_000 })).toMatchObject({ reason: 'output' });
    expect(await ask(real, 'echo standing')).toMatchObject({ stdout: 'alone\n', connectionReused: false });
  });

  test('is tried again by itself when the connection turns out to be dead', async () => {
    const real = await nodes.start();
    await standing(real);
    await real.server.crash();
    await real.server.start();
    expect(await ask(real, 'echo standing')).toMatchObject({ reason: 'none', stdout: 'alone\n' });
  });

  test('runs by itself for ever where the node does not have the program, which is started once', async () => {
    const real = await nodes.start();
    const program = `echo started >>${real.server.folder}/starts; exit 126`;
    const starts = `${real.server.folder}/starts`;
    for (let time = 0; time < 6 || !existsSync(starts); time++)
      expect((await ask(real, 'echo standing', { program })).stdout).toBe('alone\n');
    for (let time = 0; time < 6; time++)
      expect((await ask(real, 'echo standing', { program })).stdout).toBe('alone\n');
    expect(readFileSync(starts, 'utf8')).toBe('started\n');
  });

  test('never starts a program when it fails', async () => {
    const real = await nodes.start();
    const program = `echo started >>${real.server.folder}/starts`;
    for (let time = 0; time < 4; time++) await ask(real, '', { program, alone: 'sleep 5', seconds: 0.1 });
    const starts = await ask(real, '', { alone: `cat ${real.server.folder}/starts` });
    expect(starts.stdout).toBe('');
  });

  test('runs by itself with the backend openssh, whose processes take one command each', async () => {
    const real = await nodes.start({}, { backend: 'openssh' });
    for (let time = 0; time < 4; time++) expect((await ask(real, 'echo standing')).stdout).toBe('alone\n');
  });
});
