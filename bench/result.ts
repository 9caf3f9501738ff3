import { cpus, release, totalmem } from 'node:os';

/** A table as a person reads it; the first column names the row. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What one benchmark measured. */
export interface BenchResult {
  /** Of every program that took part beside Node.js and pipefleet: name → version. */
  readonly versions: Readonly<Record<string, string>>;
  readonly tables: readonly Table[];
}

/** A result as it is kept in `bench/results`. */
export interface KeptResult extends BenchResult {
  readonly bench: string;
  /** Day of the run, as 2026-01-31. */
  readonly date: string;
  readonly machine: string;
}

/** One benchmark: an entry of {@link file://./registry.ts}. */
export interface Bench {
  readonly name: string;
  /** What is measured against what, in a sentence. */
  readonly what: string;
  /** About how long it takes on two cores. */
  readonly minutes: number;
  /**
   * @param say tells how far it is
   * @throws when it cannot be run here; the message says what is missing
   */
  readonly run: (say: (sentence: string) => void) => Promise<BenchResult>;
}

/** Adds when and where a result was measured. */
export function keep(bench: string, result: BenchResult, now = new Date()): KeptResult {
  return { bench, date: now.toISOString().slice(0, 10), machine: describeMachine(), ...result };
}

/** A result as Markdown: how it was made, then its tables. */
export function renderResult({ bench, date, machine, versions, tables }: KeptResult): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const made = `\`npm run bench -- ${bench}\`, ${[date, machine, ...programs].join(', ')}.`;
  return `${[made, ...tables.map(renderTable)].join('\n\n')}\n`;
}

function renderTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = `|${columns.map((_, index) => (index === 0 ? '---' : '--:')).join('|')}|`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
}

function describeMachine(): string {
  const processors = cpus();
  const model = (processors[0]?.model ?? 'unknown processor').replaceAll(/\s+/g, ' ').trim();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `${processors.length} × ${model}, ${memory} GiB, Linux ${release().split('.', 2).join('.')}, Node.js ${process.versions.node}`;
}
