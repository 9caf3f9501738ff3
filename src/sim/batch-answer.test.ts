import { describe, expect, test } from '@jest/globals';
import { buildBatch } from '../collectors/batch.js';
import type { Collector } from '../collectors/collector.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { answerBatch } from './batch-answer.js';
import { createRequestReader } from './batch-request.js';

const TOKEN = '0123456789abcdef0123456789abcdef';
const FILES = new Map([
  ['/etc/with space', 'a\nb\n'],
  ['/proc/empty', ''],
  ['/proc/open', 'no newline'],
]);

function collector(name: string, parts: Partial<Collector>): Collector {
  return { name, module: 'node', summary: '', metrics: {}, parse: () => [], ...parts };
}

describe('batch', () => {
  const batch = buildBatch(
    [
      collector('one', {
        files: ['/etc/with space', '/missing', '/proc/empty'],
        script: () => `echo 'it is' "one"`,
      }),
      collector('two', { files: ['/proc/open'] }),
      collector('three-3', { script: () => 'false' }),
    ],
    DEFAULT_SOFTWARE,
  );
  const readRequest = createRequestReader();

  test('a request is read back from the command', () => {
    expect(readRequest(batch.command(TOKEN))).toEqual({
      token: TOKEN,
      plan: {
        sections: ['files', 'one', 'three-3'],
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

  test('an answer is what the batch expects', () => {
    const request = readRequest(batch.command(TOKEN));
    if (request === undefined) throw new Error('The batch was not recognized.');
    const answer = answerBatch(request, {
      file: (path) => FILES.get(path),
      section: (name, token) => ({ output: `${name} with ${token}\n\n`, status: name === 'one' ? 0 : 1 }),
    });
    const output = batch.split(answer, TOKEN);
    expect(output.complete).toBe(true);
    expect(output.files).toEqual(FILES);
    expect(output.sections.get('three-3')).toEqual({ output: `three-3 with ${TOKEN}\n\n`, status: 1 });
  });

  test.each(['', 'uptime', `exec /bin/sh -c 'T=short\n'`, `exec /bin/sh -c 'rm -rf /'`])(
    '%j is no batch',
    (command) => {
      expect(readRequest(command)).toBeUndefined();
    },
  );
});
