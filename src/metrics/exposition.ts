import { createHash } from 'node:crypto';
import type { MetricSpec, PassedFamily, Sample } from '../collectors/collector.js';

/** Samples with what is promised of them, or with what the node itself says of them. */
export interface Family {
  readonly name: string;
  /** Without `labels` of a family that is passed on, whose samples have what labels they like. */
  readonly spec: MetricSpec | PassedFamily;
  readonly samples: readonly Sample[];
}

/** Content type of the text that {@link renderExposition} writes; every Prometheus reads it. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Prometheus text format 0.0.4, written directly: a registry per probe costs several times as much CPU, and one that lives
 * longer keeps the labels of what has vanished.
 *
 * @param families with unique names; one without samples is left out
 */
export function renderExposition(families: Iterable<Family>): string {
  let text = '';
  for (const { name, spec, samples } of families) {
    if (samples.length === 0) continue;
    text += heading(name, spec);
    const names = 'name' in spec ? undefined : (spec.labels ?? NO_LABELS);
    // The samples of a histogram have names of their own.
    for (const { metric, labels, value } of samples)
      text += `${metric}${labelSet(names, labels)} ${formatValue(value)}\n`;
  }
  return text;
}

/** Headings of what collectors promise, which every probe prints again. */
const headings = new WeakMap<MetricSpec, { readonly name: string; readonly text: string }>();

function heading(name: string, spec: MetricSpec | PassedFamily): string {
  const known = 'name' in spec ? undefined : headings.get(spec);
  if (known?.name === name) return known.text;
  const text = `# HELP ${name} ${escapeHelp(spec.help)}\n# TYPE ${name} ${spec.type}\n`;
  if (!('name' in spec)) headings.set(spec, { name, text });
  return text;
}

const NO_LABELS: readonly string[] = [];

/** @param promised names in order; undefined for whatever the sample has */
function labelSet(promised: readonly string[] | undefined, labels: Sample['labels'] = {}): string {
  let pairs = '';
  for (const name of promised ?? Object.keys(labels))
    pairs += `${pairs === '' ? '' : ','}${name}="${escapeLabel(labels[name] ?? '')}"`;
  return pairs === '' ? '' : `{${pairs}}`;
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

const NEEDS_ESCAPE = /[\\"\n\r\0]/;

/** Bytes of a label's value in UTF-8. For a longer one, our scrape jobs refuse all that the node said. */
const MAX_LABEL_BYTES = 512;
/** Most bytes that a UTF-16 unit takes. */
const UNIT_BYTES = 3;
const DIGEST_DIGITS = 16;

/** A value that is too long ends with a digest of all of it, so that two of them stay two. */
function shorten(value: string): string {
  if (value.length * UNIT_BYTES <= MAX_LABEL_BYTES) return value;
  const bytes = Buffer.from(value);
  if (bytes.length <= MAX_LABEL_BYTES) return value;
  const end = `…${createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST_DIGITS)}`;
  let length = MAX_LABEL_BYTES - Buffer.byteLength(end);
  // Not within a character.
  while (((bytes[length] ?? 0) & 0xc0) === 0x80) length -= 1;
  return bytes.subarray(0, length).toString() + end;
}

function escapeLabel(label: string): string {
  const value = shorten(label);
  if (!NEEDS_ESCAPE.test(value)) return value;
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll(/[\r\0]/g, '\uFFFD');
}

function escapeHelp(help: string): string {
  return help
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll(/[\r\0]/g, '\uFFFD');
}
