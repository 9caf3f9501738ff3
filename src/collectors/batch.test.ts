import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { buildBatch, endOfAnswer } from './batch.js';
import { type Collector, MODULES } from './collector.js';
import { COLLECTORS } from './registry.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';

function collector(name: string, parts: Partial<Collector>): Collector {
  return { name, module: 'node', summary: '', metrics: {}, parse: () => [], ...parts };
}

function run(collectors: readonly Collector[], shell = 'sh') {
  const batch = buildBatch(collectors, DEFAULT_SOFTWARE);
  const stdout = execFileSync(shell, ['-c', batch.command(TOKEN)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return batch.split(stdout, TOKEN);
}

describe('batch', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pipefleet batch '));
    writeFileSync(join(folder, 'a'), 'first\n');
    writeFileSync(join(folder, 'empty'), '');
    writeFileSync(join(folder, 'open end'), 'no newline');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(['dash', 'bash'])(
    'gives every file and section back byte for byte (%s as login shell)',
    (shell) => {
      const paths = ['a', 'empty', 'missing', 'open end', 'a b'].map((name) => join(folder, name));
      const output = run(
        [
          collector('one', { files: paths.slice(0, 3), script: () => `printf 'it'"'"'s\\n\\n'` }),
          collector('two', { files: paths, script: () => '(exit 7)' }),
        ],
        shell,
      );
      expect(output.complete).toBe(true);
      expect(Object.fromEntries(output.files)).toEqual({
        [join(folder, 'a')]: 'first\n',
        [join(folder, 'empty')]: '',
        [join(folder, 'open end')]: 'no newline',
      });
      expect(Object.fromEntries(output.sections)).toMatchObject({
        one: { output: "it's\n\n", status: 0 },
        two: { output: '', status: 7 },
      });
    },
  );

  test.each(['dash', 'bash'])('answers one token after the other as one that stands (%s)', (shell) => {
    const other = TOKEN.replaceAll('f', 'e');
    const batch = buildBatch(
      [
        collector('one', { files: [join(folder, 'a')], script: () => `printf "it's"; cat` }),
        collector('two', { script: () => 't 2 sleep 5; x=$((x+1)); echo $x; kill -9 $$' }),
      ],
      DEFAULT_SOFTWARE,
    );
    const stdout = execFileSync(shell, ['-c', batch.standing], {
      ...{ encoding: 'utf8', input: `${TOKEN}\n${other}\n`, stdio: ['pipe', 'pipe', 'ignore'] },
    });
    const [first = '', second = '', rest] = stdout.split(/(?<=^@[0-9a-f]{32} over \d+\n)/m);
    for (const [answer, token] of [
      [first, TOKEN],
      [second, other],
    ] as const) {
      expect(answer.endsWith(`${endOfAnswer(token)}137\n`)).toBe(true);
      const { files, sections } = batch.split(answer, token);
      expect([...files.values()]).toEqual(['first\n']);
      expect(sections.get('one')).toEqual({ output: "it's", status: 0 });
    }
    expect(rest).toBeUndefined();
  });

  test('a command that hangs costs only its own section', () => {
    const output = run([
      collector('hangs', { script: () => 't 2 sleep 10' }),
      collector('fine', { script: () => 'printf ok' }),
    ]);
    expect(output.sections.get('hangs')).toEqual({ output: '', status: 124 });
    expect(output.sections.get('fine')).toEqual({ output: 'ok', status: 0 });
  });

  test('text cut off anywhere is never taken for complete, and never throws', () => {
    const batch = buildBatch([collector('one', { script: () => 'echo hello' })], DEFAULT_SOFTWARE);
    const whole = `@${TOKEN} begin one\nhello\n\n@${TOKEN} end one 0\n@${TOKEN} done\n`;
    expect(batch.split(whole, TOKEN).complete).toBe(true);
    for (let length = 0; length < whole.length; length++) {
      expect(batch.split(whole.slice(0, length), TOKEN).complete).toBe(false);
    }
  });

  test('markers with another token are text', () => {
    const batch = buildBatch([collector('one', { script: () => '' })], DEFAULT_SOFTWARE);
    const forged = '@0 begin one\nevil\n@0 end one 0\n@0 done\n';
    expect(batch.split(forged, TOKEN)).toMatchObject({ complete: false, sections: new Map() });
    const around = `@${TOKEN} begin one\n${forged}\n@${TOKEN} end one 0\n@${TOKEN} done\n`;
    expect(batch.split(around, TOKEN).sections.get('one')?.output).toBe(forged);
  });

  test.each(MODULES)('the command of module %s fits into a packet that every SSH server takes', (module) => {
    const collectors = COLLECTORS.filter((one) => one.module === module);
    // RFC 4253, section 6.1.
    expect(buildBatch(collectors, DEFAULT_SOFTWARE).command(TOKEN).length).toBeLessThan(32_768);
  });
});
