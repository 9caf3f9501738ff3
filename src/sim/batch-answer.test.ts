import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildBatch } from '../collectors/batch.js';
import type { Collector } from '../collectors/collector.js';
import { runBatch } from '../collectors/testing/shell.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { answerBatch } from './batch-answer.js';
import { createRequestReader } from './batch-request.js';

const TOKEN = '0123456789abcdef0123456789abcdef';
const FILES = new Map([
  ['/etc/with space', 'a\nb\n'],
  ['/proc/empty', ''],
  ['/sys/b/mtu', '2\n'],
  ['/sys/a/mtu', '1\n'],
  ['/proc/open', 'no newline'],
]);
const PATHS = [...FILES.keys()];

function collector(name: string, parts: Partial<Collector>): Collector {
  return { name, module: 'node', summary: '', metrics: {}, parse: () => [], ...parts };
}

describe('batch', () => {
  const batch = buildBatch(
    [
      collector('one', {
        files: ['/etc/with space', '/missing', '/proc/empty', '/sys/*/mtu'],
        script: () => `echo 'it is' "one"`,
      }),
      collector('two', { files: ['/proc/open'] }),
      collector('three-3', { script: () => 'false' }),
    ],
    DEFAULT_SOFTWARE,
  );
  const readRequest = createRequestReader();

  test('a request is read back from the command', () => {
    expect(readRequest(batch.command(TOKEN))).toMatchObject({
      token: TOKEN,
      plan: {
        sections: ['files', 'one', 'three-3'],
        groups: [{ folders: '/sys/*', rests: ['mtu'] }],
        files: ['/etc/with space', '/missing', '/proc/empty', '/proc/open'],
      },
    });
  });

  test('a plan is read once, whatever the token', () => {
    const first = readRequest(batch.command(TOKEN));
    const second = readRequest(batch.command(TOKEN.replaceAll('0', 'f')));
    expect(second?.plan).toBe(first?.plan);
    expect(second?.token).not.toBe(first?.token);
  });

  test('patterns become the paths that a node has, in the order of their names', () => {
    const plan = readRequest(batch.command(TOKEN))?.plan;
    expect(plan?.filesOn(PATHS)).toEqual([
      '/sys/a/mtu',
      '/sys/b/mtu',
      '/etc/with space',
      '/missing',
      '/proc/empty',
      '/proc/open',
    ]);
    expect(plan?.filesOn(PATHS)).toBe(plan?.filesOn(PATHS));
  });

  test('a pattern that matches nothing stays as it is, as in a shell, but folders that are not there are left out', () => {
    const request = readRequest(
      buildBatch([collector('one', { files: ['/sys/x*', '/sys/*/mtu'] })], DEFAULT_SOFTWARE).command(TOKEN),
    );
    expect(request?.plan.filesOn(['/proc/a/mtu'])).toEqual(['/sys/x*']);
  });

  test('an answer is what the batch expects', () => {
    const request = readRequest(batch.command(TOKEN));
    if (request === undefined) throw new Error('The batch was not recognized.');
    const answer = answerBatch(request, {
      paths: PATHS,
      file: (path) => FILES.get(path),
      section: (name, token) => ({ output: `${name} with ${token}\n\n`, status: name === 'one' ? 0 : 1 }),
    });
    const output = batch.split(answer, TOKEN);
    expect(output.complete).toBe(true);
    expect(output.files).toEqual(FILES);
    expect([...output.files.keys()].slice(0, 2)).toEqual(['/sys/a/mtu', '/sys/b/mtu']);
    expect(output.sections.get('three-3')).toEqual({ output: `three-3 with ${TOKEN}\n\n`, status: 1 });
  });

  test('an answer is, byte for byte, that of a real shell and a real head', async () => {
    const root = mkdtempSync(join(tmpdir(), 'pipefleet-sim-'));
    try {
      const texts = new Map(Array.from(FILES, ([path, text]) => [join(root, path), text]));
      for (const [path, text] of texts) {
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
      const files = ['/etc/with space', '/sys/*/mtu', '/sys/[b-z]/m?u', '/proc/empty', '/no/*', '/proc/open'];
      const real = buildBatch(
        [collector('one', { files: files.map((file) => root + file) })],
        DEFAULT_SOFTWARE,
      );
      const command = real.command(TOKEN);
      const request = readRequest(command);
      if (request === undefined) throw new Error('The batch was not recognized.');
      const answer = answerBatch(request, {
        paths: [...texts.keys()],
        file: (path) => texts.get(path),
        section: () => ({ output: '', status: 0 }),
      });
      const [first = '', ...rest] = (await runBatch(command, { shell: ['sh'] })).split('\n');
      // A real shell draws a token of its own, and says so first.
      expect(first.startsWith(`@${TOKEN} is `)).toBe(true);
      expect(answer).toBe(rest.join('\n').replaceAll(first.slice(-TOKEN.length), TOKEN));
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test.each(['', 'uptime', 'T=short\n', `exec /bin/sh -c 'rm -rf /'`])('%j is no batch', (command) => {
    expect(readRequest(command)).toBeUndefined();
  });
});
