import type { Collector, Sample } from '../collector.js';

const TYPE = /^# TYPE (?<name>\S+) (?<type>\S+)$/;
const SERIES = /^(?<name>[a-zA-Z_]\w*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/;
/** To Prometheus an empty label is none. */
const LABEL = /\w+="(?:[^"\\]|\\.)+"/g;

/** Types by name, and values by series, whatever the order of its labels. */
export interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly values: ReadonlyMap<string, number>;
}

/** Reads the text format of Prometheus. */
export function readExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const type = TYPE.exec(line)?.groups;
    if (type !== undefined) types.set(type['name'] ?? '', type['type'] ?? '');
    const series = SERIES.exec(line)?.groups;
    if (series === undefined) continue;
    const labels = (series['labels'] ?? '').match(LABEL) ?? [];
    values.set(`${series['name'] ?? ''}{${labels.sort().join()}}`, Number(series['value']));
  }
  return { types, values };
}

/**
 * Samples of one collector in the text format of Prometheus, metrics in the order in which it promises them, then what it
 * passes on, by family.
 */
export function renderSamples(
  collector: Collector,
  samples: readonly Sample[],
  { help = false }: { readonly help?: boolean } = {},
): string {
  let text = '';
  for (const [name, spec] of Object.entries(collector.metrics)) {
    const own = samples.filter(({ metric, family }) => metric === name && family === undefined);
    if (own.length === 0) continue;
    if (help) text += `# HELP ${name} ${spec.help}\n`;
    text += `# TYPE ${name} ${spec.type}\n`;
    for (const { labels, value } of own)
      text += `${name}${renderLabels(spec.labels ?? [], labels ?? {})} ${value}\n`;
  }
  const passed = samples.flatMap(({ family }) => (family === undefined ? [] : [family]));
  for (const { name, type, help: own } of new Map(passed.map((family) => [family.name, family])).values()) {
    if (help) text += `# HELP ${name} ${own}\n`;
    text += `# TYPE ${name} ${type}\n`;
    for (const { metric, labels = {}, value } of samples.filter(({ family }) => family?.name === name))
      text += `${metric}${renderLabels(Object.keys(labels), labels)} ${renderValue(value)}\n`;
  }
  return text;
}

function renderValue(value: number): string {
  return Number.isFinite(value)
    ? String(value)
    : String(value)
        .replace(/^(?=I)/, '+')
        .replace('inity', '');
}

function renderLabels(names: readonly string[], labels: Readonly<Record<string, string>>): string {
  if (names.length === 0) return '';
  return `{${names.map((name) => `${name}="${escapeValue(labels[name] ?? '')}"`).join(',')}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
