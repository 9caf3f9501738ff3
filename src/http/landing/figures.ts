import { count } from '../../core/text.js';
import type { CollectorOutcome } from '../../scrape/outcome.js';
import type { FigureKey } from './columns.js';
import { formatBytes, formatCount, formatRatio, formatSpan, UNSTATED } from './format.js';

/** One value of the fleet table, ready to be shown. */
export interface Figure {
  /** What it is sorted by; absent when the node did not state it. A yes is 1, a no is 0. */
  readonly value?: number;
  /** What is shown: an en dash when the node did not state it. */
  readonly text: string;
  /** Where it comes from, for the tooltip. */
  readonly title?: string;
  /** Tenths of a bar, 0 to 10, for shares. */
  readonly bar?: number;
  /** One sentence when the value wants a look. */
  readonly note?: string;
}

/** The figures that a node itself states. */
export type NodeFigures = Readonly<Record<Exclude<FigureKey, 'age' | 'duration'>, Figure>>;

/** A filesystem that is fuller than this wants a look: the limit of the alert PipeNodeFilesystemAlmostFull. */
export const FILESYSTEM_HIGH = 0.95;

/** Memory that is fuller than this wants a look: the limit of the alert PipeNodeMemoryHigh. */
export const MEMORY_HIGH = 0.9;

/** A value that was not stated. */
export const NOT_STATED: Figure = { text: UNSTATED };

type Sample = CollectorOutcome['samples'][number];

interface Filesystem {
  size?: number;
  avail?: number;
  readonly?: boolean;
}

/** The few samples that the table is made of, sorted out in one pass. */
interface Facts {
  readonly scalars: Map<string, number>;
  readonly cpus: Set<string>;
  readonly filesystems: Map<string, Filesystem>;
  /** Whether software was looked for, was found, and answers: each of any generation, undefined when nobody said. */
  readonly software: { detected?: boolean; answers?: boolean };
}

const SCALARS: ReadonlySet<string> = new Set([
  'node_load1',
  'node_memory_MemTotal_bytes',
  'node_memory_MemAvailable_bytes',
  'node_time_seconds',
  'node_boot_time_seconds',
  'pipe_node_registered',
]);

const FAMILIES =
  /^(?:node_filesystem_(?:size_bytes|avail_bytes|readonly)|pipe_node_cache_(?:hits|misses)_total|pipe_node_(?:detected|http_up))$/;

/** Not disks, or images that are full by nature. */
const NO_DISK = /^(?:tmpfs|ramfs|squashfs|iso9660|erofs)$/;

/** Whether {@link figuresOf} needs this sample: no other one has to be kept for the page. */
export function isFigureSample({ metric, labels }: Sample): boolean {
  if (metric === 'node_cpu_seconds_total') return labels?.['mode'] === 'idle';
  return SCALARS.has(metric) || FAMILIES.test(metric);
}

/**
 * The key figures of one probe.
 *
 * @param collectors what each collector read; one that failed has no samples, and its figures are not stated
 */
export function figuresOf(collectors: readonly CollectorOutcome[]): NodeFigures {
  const facts = sortOut(collectors);
  return {
    load: load(facts),
    memory: memory(facts),
    filesystem: filesystem(facts),
    cache: cache(facts),
    http: http(facts),
    registered: registered(facts),
    uptime: uptime(facts),
  };
}

function sortOut(collectors: readonly CollectorOutcome[]): Facts {
  const facts: Facts = { scalars: new Map(), cpus: new Set(), filesystems: new Map(), software: {} };
  for (const { samples } of collectors) {
    for (const sample of samples) {
      if (Number.isFinite(sample.value)) add(facts, sample);
    }
  }
  return facts;
}

function add(facts: Facts, { metric, labels, value }: Sample): void {
  switch (metric) {
    case 'node_cpu_seconds_total':
      if (labels?.['cpu'] !== undefined) facts.cpus.add(labels['cpu']);
      break;
    case 'node_filesystem_size_bytes':
      if (!NO_DISK.test(labels?.['fstype'] ?? '')) filesystemAt(facts, labels).size = value;
      break;
    case 'node_filesystem_avail_bytes':
      filesystemAt(facts, labels).avail = value;
      break;
    case 'node_filesystem_readonly':
      filesystemAt(facts, labels).readonly = value === 1;
      break;
    case 'pipe_node_detected':
      facts.software.detected = facts.software.detected === true || value === 1;
      break;
    case 'pipe_node_http_up':
      facts.software.answers = facts.software.answers === true || value === 1;
      break;
    case 'pipe_node_cache_hits_total':
    case 'pipe_node_cache_misses_total':
      if (labels?.['tier'] === 'disk') facts.scalars.set(metric, value);
      break;
    default:
      if (SCALARS.has(metric)) facts.scalars.set(metric, value);
  }
}

function filesystemAt(facts: Facts, labels: Sample['labels']): Filesystem {
  const mountpoint = labels?.['mountpoint'] ?? '';
  const known = facts.filesystems.get(mountpoint);
  if (known !== undefined) return known;
  const fresh: Filesystem = {};
  facts.filesystems.set(mountpoint, fresh);
  return fresh;
}

function load({ scalars, cpus }: Facts): Figure {
  const load1 = scalars.get('node_load1');
  if (load1 === undefined || cpus.size === 0) return NOT_STATED;
  const value = load1 / cpus.size;
  return { value, text: value.toFixed(2), title: `Load ${load1.toFixed(2)} on ${count(cpus.size, 'CPU')}` };
}

function memory({ scalars }: Facts): Figure {
  const total = scalars.get('node_memory_MemTotal_bytes');
  const available = scalars.get('node_memory_MemAvailable_bytes');
  if (total === undefined || available === undefined || total <= 0) return NOT_STATED;
  const value = 1 - available / total;
  const title = `${formatBytes(total - available)} of ${formatBytes(total)} used`;
  return share(value, title, value > MEMORY_HIGH ? `Memory is ${formatRatio(value)} used.` : undefined);
}

/** The fullest disk that can be written to: what is read-only does not fill up. */
function filesystem({ filesystems }: Facts): Figure {
  let fullest: Figure = NOT_STATED;
  for (const [mountpoint, { size, avail, readonly }] of filesystems) {
    if (size === undefined || avail === undefined || size <= 0 || readonly === true) continue;
    const value = 1 - avail / size;
    if (fullest.value !== undefined && fullest.value >= value) continue;
    const title = `${mountpoint}: ${formatBytes(avail)} of ${formatBytes(size)} left`;
    fullest = share(
      value,
      title,
      value > FILESYSTEM_HIGH ? `${mountpoint} is ${formatRatio(value)} full.` : undefined,
    );
  }
  return fullest;
}

function cache({ scalars }: Facts): Figure {
  const hits = scalars.get('pipe_node_cache_hits_total');
  const misses = scalars.get('pipe_node_cache_misses_total');
  if (hits === undefined || misses === undefined || hits + misses <= 0) return NOT_STATED;
  const lookups = formatCount(hits + misses);
  return share(
    hits / (hits + misses),
    `${formatCount(hits)} hits of ${lookups} lookups in the disk cache since the node software started`,
    undefined,
  );
}

/** A node that was migrated has what it ran before beside what it runs now: one that answers is enough. */
function http({ software: { detected, answers } }: Facts): Figure {
  if (answers === undefined) {
    return detected === false ? { ...NOT_STATED, note: 'No Pipe node software was found.' } : NOT_STATED;
  }
  return answers
    ? { value: 1, text: 'up' }
    : { value: 0, text: 'down', note: 'The node software does not answer HTTP.' };
}

function registered({ scalars }: Facts): Figure {
  const value = scalars.get('pipe_node_registered');
  if (value === undefined) return NOT_STATED;
  return value === 1
    ? { value: 1, text: 'yes' }
    : { value: 0, text: 'no', note: 'The node software says that it is not registered.' };
}

function uptime({ scalars }: Facts): Figure {
  const now = scalars.get('node_time_seconds');
  const boot = scalars.get('node_boot_time_seconds');
  if (now === undefined || boot === undefined || now < boot) return NOT_STATED;
  const value = Math.round(now - boot);
  return {
    value,
    text: formatSpan(value),
    title: `Booted ${new Date(boot * 1000).toISOString().slice(0, 16)}Z`,
  };
}

function share(value: number, title: string, note: string | undefined): Figure {
  const bar = Math.max(0, Math.min(10, Math.round(value * 10)));
  const figure = { value: Math.round(value * 1e4) / 1e4, text: formatRatio(value), title, bar };
  return note === undefined ? figure : { ...figure, note };
}
