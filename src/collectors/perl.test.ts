import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { buildBatch } from './batch.js';
import type { Collector } from './collector.js';
import { PERL_BITS, perlCollectors } from './perl.js';
import { COLLECTORS } from './registry.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';

let folder = '';
let file = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-perl-'));
  file = join(folder, 'a');
  writeFileSync(file, 'text\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function collector(name: string, parts: Partial<Collector>): Collector {
  const made: Collector = { name, module: 'node', summary: '', metrics: {}, parse: () => [], ...parts };
  return { script: () => `printf ${name}-in-sh`, ...made };
}

/** What a node prints, one that has perl or one that does not. */
function run(collectors: readonly Collector[], { perl = true } = {}) {
  const reading = collectors.map((one) => ({ ...one, files: [file] }));
  const batch = buildBatch(reading, DEFAULT_SOFTWARE);
  const command = perl
    ? batch.command(TOKEN)
    : batch.command(TOKEN).replaceAll(/perl(?= -e| >)/g, 'no-perl-here');
  const stdout = execFileSync('sh', ['-c', command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { complete, files, sections } = batch.split(stdout, TOKEN);
  const outputs = Object.fromEntries(Array.from(sections, ([name, { output }]) => [name, output]));
  return { complete, text: files.get(file), outputs };
}

describe('a collector in Perl', () => {
  const fine = collector('fine', { perl: '"fine-in-perl"' });

  test('runs in the process that reads the files', () => {
    expect(run([fine])).toMatchObject({ complete: true, text: 'text\n', outputs: { fine: 'fine-in-perl' } });
  });

  test('is left to its script where there is no perl', () => {
    expect(run([fine], { perl: false })).toMatchObject({
      complete: true,
      text: 'text\n',
      outputs: { fine: 'fine-in-sh' },
    });
  });

  test('is left to its script when it gives nothing or fails, and costs no other', () => {
    const declines = collector('declines', { perl: 'return' });
    const dies = collector('dies', { perl: 'die' });
    expect(run([declines, fine, dies])).toMatchObject({
      complete: true,
      outputs: { declines: 'declines-in-sh', fine: 'fine-in-perl', dies: 'dies-in-sh' },
    });
  });

  test('that ends the whole process leaves all that is missing to the shell', () => {
    const ends = collector('ends', { perl: 'kill 9,$$' });
    expect(run([ends, fine])).toMatchObject({
      complete: true,
      text: 'text\n',
      outputs: { ends: 'ends-in-sh', fine: 'fine-in-sh' },
    });
  });

  test('there is a bit for each', () => {
    expect(perlCollectors(COLLECTORS)).toEqual(COLLECTORS.filter(({ perl }) => perl !== undefined));
    expect(perlCollectors(COLLECTORS).length).toBeLessThan(PERL_BITS);
  });

  test.each(perlCollectors(COLLECTORS))('$name states the same series as its script', (real) => {
    const series = (perl: boolean): string[] => {
      const { outputs } = run([real], { perl });
      const input = { files: new Map(), status: 0, software: DEFAULT_SOFTWARE };
      return real
        .parse({ ...input, output: outputs[real.name] ?? '' })
        .filter(({ metric }) => !/^node_timex_/.test(metric))
        .map(({ metric, labels }) => `${metric}${JSON.stringify(labels ?? {})}`);
    };
    expect(series(true)).toEqual(series(false));
    expect(series(true).length).toBeGreaterThan(0);
  });
});
