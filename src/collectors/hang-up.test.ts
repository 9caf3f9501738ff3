import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { buildBatch } from './batch.js';
import type { Collector } from './collector.js';
import { SHELLS, TOKEN, wordsOf } from './testing/node.js';

const collector = (name: string, script: string): Collector => ({
  ...{ name, module: 'node', summary: '', metrics: {}, parse: () => [], script: () => script },
});

describe.each(SHELLS)('a persistent batch, under %s', (shell) => {
  test.each([
    ['before it has asked', '', 'echo here'],
    ['in the middle of a token', TOKEN, 'echo here'],
    ['while a part of the answer has no end', `${TOKEN}\n`, 'echo here; while :; do echo x; done'],
    ['while a part of the answer hangs', `${TOKEN}\n`, 'echo here; t 1 sleep 1000'],
    ['while a part of the answer hangs behind another', `${TOKEN}\n`, 'echo here; sleep 1000 & u 1 $!'],
  ])('leaves nothing behind when the exporter hangs up %s', async (_, sent, script) => {
    const batch = buildBatch([collector('one', script)], DEFAULT_SOFTWARE);
    const [program = '', ...words] = await wordsOf(shell);
    const child = spawn(program, [...words, '-c', batch.standing], { stdio: ['pipe', 'pipe', 'pipe'] });
    // All processes that it has started inherit this pipe.
    const gone = once(child.stderr.resume(), 'close');
    child.stdin.write(sent);
    if (sent.endsWith('\n')) while (!String((await once(child.stdout, 'data'))[0]).includes('here'));
    child.stdin.destroy();
    child.stdout.destroy();
    await expect(gone).resolves.toBeDefined();
  });
});
