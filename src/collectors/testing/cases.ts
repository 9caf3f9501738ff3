import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_SOFTWARE, type SoftwareSettings } from '../../core/software.js';
import type { Collector, CollectorInput } from '../collector.js';
import { createPathReader } from '../paths.js';

/**
 * One recorded or documented answer of a node, `__fixtures__/COLLECTOR/NAME.in`, and what must become of it: `NAME.prom`,
 * or for `malformed-…` the message of the ParseError in `NAME.error`.
 *
 * A `.in` file has headings as `head -v` prints them, `==> PATH <==`, followed by the file. The headings `script`,
 * `status`, `ports` (plain and TLS), `software` (other settings as JSON) and `gate` (the digest that is expected) stand for the
 * rest of the input.
 */
export interface Case {
  readonly name: string;
  readonly input: CollectorInput;
  readonly expected: string;
}

const FIXTURES = join(import.meta.dirname, '..', '__fixtures__');
const HEADING = /^==> (?<name>.*) <==\n/gm;

/** Every case of a collector, in alphabetical order. */
export function casesOf(collector: Collector): Case[] {
  const folder = join(FIXTURES, collector.name);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.in'))
    .sort()
    .map((file) => {
      const name = file.slice(0, -'.in'.length);
      const path = join(folder, `${name}${name.startsWith('malformed-') ? '.error' : '.prom'}`);
      return {
        name,
        input: readInput(readFileSync(join(folder, file), 'utf8'), collector.files ?? []),
        expected: existsSync(path) ? readFileSync(path, 'utf8') : `${path} is missing.`,
      };
    });
}

/** The text of a recorded body of the node software. */
export function bodyOf(file: string): string {
  return readFileSync(join(FIXTURES, 'pipe-node', 'bodies', file), 'utf8');
}

function readInput(text: string, paths: readonly string[]): CollectorInput {
  const isAskedFor = createPathReader(paths);
  const parts = new Map<string, string>();
  const headings = [...text.matchAll(HEADING)];
  for (const [position, heading] of headings.entries()) {
    const name = heading.groups?.['name'] ?? '';
    parts.set(name, text.slice(heading.index + heading[0].length, headings[position + 1]?.index));
  }
  const [httpPort = DEFAULT_SOFTWARE.httpPort, httpsPort = DEFAULT_SOFTWARE.httpsPort] = (
    parts.get('ports') ?? ''
  )
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
  return {
    files: new Map([...parts].filter(([name]) => isAskedFor(name) !== undefined)),
    output: parts.get('script') ?? '',
    status: Number(parts.get('status') ?? 0),
    expectedGate: parts.get('gate')?.trim(),
    software: {
      ...DEFAULT_SOFTWARE,
      httpPort,
      httpsPort,
      ...(JSON.parse(parts.get('software') ?? '{}') as Partial<SoftwareSettings>),
    },
  };
}
