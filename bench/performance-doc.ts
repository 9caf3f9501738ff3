import { existsSync, readFileSync } from 'node:fs';
import { BENCHES } from './registry.js';
import { type KeptResult, renderResult } from './result.js';

const DOCUMENT = 'docs/performance.md';

/**
 * docs/performance.md with the kept results between its markers, `<!-- bench:NAME -->` and `<!-- /bench -->`. Its prose stays as it is.
 *
 * @returns path below the checkout → text
 * @throws when a result has no place in the document, or a place no result
 */
export function renderPerformanceDoc(): Record<string, string> {
  const kept = new Map(BENCHES.flatMap(({ name }) => readResult(name) ?? []).map((one) => [one.bench, one]));
  const text = readFileSync(DOCUMENT, 'utf8');
  const filled = text.replaceAll(
    /(?<=<!-- bench:(?<name>[a-z-]+) -->\n)[^]*?(?=<!-- \/bench -->)/g,
    (_old, name: string) => {
      const result = kept.get(name);
      if (result === undefined)
        throw new Error(`${DOCUMENT} has a place for ${name}, of which no result is kept.`);
      kept.delete(name);
      return `\n${renderResult(result)}\n`;
    },
  );
  for (const name of kept.keys()) throw new Error(`${DOCUMENT} has no place for the result of ${name}.`);
  return { [DOCUMENT]: filled };
}

/** Where the kept result of a benchmark stands, below the checkout. */
export function resultPath(name: string): string {
  return `bench/results/${name}.json`;
}

function readResult(name: string): KeptResult | undefined {
  const path = resultPath(name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as KeptResult) : undefined;
}
