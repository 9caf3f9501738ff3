import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { findTool } from '../stack/tools.js';
import { FILES_SECTION } from './split-answer.js';
import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { COLLECTORS } from './registry.js';
import { casesOf } from './testing/cases.js';
import { renderSamples } from './testing/exposition.js';
import { expectPromised } from './testing/promises.js';

const METRIC_NAME = /^(?:node|pipe_node|pipe_audit|pipefleet_gate)_[a-zA-Z0-9_]+$/;
const LABEL_NAME = /^[a-z][a-z0-9_]*$/;
/** Folders whose text no ordinary user of a node chooses, and characters that need no quoting even in a pattern. */
const SAFE_PATH = /^\/(?:(?:proc|sys|etc|run\/udev)\/[\w./:*?[\]-]+|usr\/lib\/os-release)$/;
/** Names that are node_exporter's, whatever promtool thinks of them. */
const GIVEN_NAMES = /^node_(?:memory|netstat)_\w+ .*camelCase|^node_entropy_\w+_bits use base unit/;
const COLLECTOR_NAME = /^[a-z]+(-[a-z]+)*$/;

const metricsOf = (collector: Collector) => Object.entries(collector.metrics);

describe('registry', () => {
  test('has every collector of the folder, and nothing else', async () => {
    const inFolder: string[] = [];
    for (const file of readdirSync(import.meta.dirname)) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
      const module = (await import(`./${file.replace(/ts$/, 'js')}`)) as Record<string, unknown>;
      const collectors = Object.values(module).filter(isCollector);
      for (const { name } of collectors) expect(`${name}.ts`).toBe(file);
      inFolder.push(...collectors.map(({ name }) => name));
    }
    expect(COLLECTORS.map(({ name }) => name).sort()).toEqual(inFolder.sort());
  });

  test('names are unique, and fit for file names and labels', () => {
    const names = COLLECTORS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain(FILES_SECTION);
    for (const name of names) expect(name).toMatch(COLLECTOR_NAME);
  });

  test('no two collectors promise the same metric', () => {
    const metrics = COLLECTORS.flatMap((collector) => Object.keys(collector.metrics));
    expect(metrics.filter((metric, index) => metrics.indexOf(metric) !== index)).toEqual([]);
  });

  test.each(COLLECTORS)('$name is described in sentences and asks for safe paths', (collector) => {
    expect(collector.summary).toMatch(/\.$/);
    for (const path of collector.files ?? []) expect(path).toMatch(SAFE_PATH);
    for (const [name, { type, help, labels = [] }] of metricsOf(collector)) {
      expect(name).toMatch(METRIC_NAME);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(help).toMatch(/^[A-Z0-9].*\.$/);
      for (const label of labels) expect(label).toMatch(LABEL_NAME);
      expect(new Set(labels).size).toBe(labels.length);
    }
  });
});

describe.each(COLLECTORS)('$name', (collector) => {
  const cases = casesOf(collector);

  test('has recorded or documented answers of nodes', () => {
    expect(cases.length).toBeGreaterThan(1);
  });

  test('every metric that it promises is given by a case', () => {
    const given = new Set(
      cases
        .filter(({ name }) => !name.startsWith('malformed-'))
        .flatMap(({ input }) => collector.parse(input).map(({ metric }) => metric)),
    );
    expect(Object.keys(collector.metrics).filter((metric) => !given.has(metric))).toEqual([]);
  });

  test.each(cases)('$name', ({ input, expected }) => {
    let samples: readonly Sample[];
    try {
      samples = collector.parse(input);
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
      expect(`${(error as ParseError).message}\n`).toBe(expected);
      return;
    }
    expect(renderSamples(collector, samples)).toBe(expected);
    expectPromised(collector, samples);
  });
});

test('promtool finds nothing to lint but the names that node_exporter takes from the kernel as they are', async () => {
  const exposition = COLLECTORS.map((collector) => {
    const series = new Map<string, Sample>();
    for (const { name, input } of casesOf(collector)) {
      if (name.startsWith('malformed-')) continue;
      for (const sample of collector.parse(input)) {
        // The names of what is passed on are the node's own.
        if (sample.family === undefined) series.set(JSON.stringify([sample.metric, sample.labels]), sample);
      }
    }
    return renderSamples(collector, [...series.values()], { help: true });
  }).join('');
  const { stdout, stderr } = spawnSync(await findTool('promtool'), ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
  });
  const complaints = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
  expect(complaints.some((line) => GIVEN_NAMES.test(line))).toBe(true);
  expect(complaints.filter((line) => !GIVEN_NAMES.test(line))).toEqual([]);
});

test.each(COLLECTORS.filter(({ script }) => script !== undefined))(
  'the script of $name is POSIX sh that bash and dash can read',
  ({ script }) => {
    const text = script?.(DEFAULT_SOFTWARE) ?? '';
    for (const shell of ['dash', 'bash']) execFileSync(shell, ['-n'], { input: text });
    const own = text.replaceAll(/ sh -c '[^']*'/g, '');
    expect(own).not.toMatch(/(?<!\/)\b(exit|exec|cd|local|function|source)\b/);
  },
);

function isCollector(value: unknown): value is Collector {
  return typeof value === 'object' && value !== null && 'metrics' in value && 'parse' in value;
}
