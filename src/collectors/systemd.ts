import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { readCount } from './text.js';

/** Units under which the generations of the node software run, from official and community guides. */
const UNITS = ['popcache', 'pop', 'popd', 'pipe', 'pipe-pop', 'pipe-node', 'dcdnd'].map(
  (name) => `${name}.service`,
);

const PROPERTIES = [
  'Id',
  'LoadState',
  'ActiveState',
  'Type',
  'NRestarts',
  'MemoryCurrent',
  'ActiveEnterTimestamp',
];

/** The states that node_exporter knows. A unit in another one, such as `reloading`, is in none of them. */
const STATES = ['activating', 'active', 'deactivating', 'failed', 'inactive'] as const;

const TIMEOUT_STATUS = 124;

/** What systemd prints for a number that it does not have: words, or 2^64 - 1 before version 240. */
const UNSET = new Set(['', '[not set]', '18446744073709551615', 'infinity']);

/** `Sat 2025-11-22 16:40:01 UTC`; the batch sets TZ so that every node prints UTC. */
const TIMESTAMP = /^\S+ (?<date>\d{4}-\d{2}-\d{2}) (?<time>\d{2}:\d{2}:\d{2})(?:\.\d+)? UTC$/;

const SOURCE = 'systemctl show';

/** Whether the service of the node software runs, since when, and how often it was restarted. */
export const systemd: Collector = {
  name: 'systemd',
  module: 'node',
  summary: `Units of the node software, as far as they exist on the node: ${UNITS.join(', ')}.`,
  metrics: {
    node_systemd_unit_state: {
      type: 'gauge',
      help: '1 for the state that the unit is in, 0 for the others.',
      labels: ['name', 'state', 'type'],
      source: SOURCE,
    },
    node_systemd_service_restart_total: {
      type: 'counter',
      help: 'Automatic restarts of the service, since it was last started by hand.',
      labels: ['name'],
      source: SOURCE,
    },
    node_systemd_unit_start_time_seconds: {
      type: 'gauge',
      help: 'Unix time at which the unit became active, 0 while it is not.',
      labels: ['name'],
      source: SOURCE,
    },
    pipe_node_unit_memory_bytes: {
      type: 'gauge',
      help: 'Memory that the unit uses in bytes, where systemd accounts for it.',
      labels: ['name'],
      source: SOURCE,
    },
  },
  // The folder is how sd_booted(3) tells that systemd runs the system.
  script: () =>
    `[ ! -d /run/systemd/system ] || t 3 systemctl show -p ${PROPERTIES.join(',')} ${UNITS.join(' ')} 2>/dev/null`,
  parse: ({ output, status }) => {
    if (status === TIMEOUT_STATUS) throw new ParseError('systemctl did not answer within 3 s.');
    if (output.trim() === '') {
      if (status === 0) return [];
      throw new ParseError(`systemctl show printed nothing and ended with status ${status}.`);
    }
    return readUnits(output);
  },
};

/** Blocks of KEY=VALUE lines, an empty line between units. */
function readUnits(output: string): Sample[] {
  const units = new Map<string, ReadonlyMap<string, string>>();
  let answers = 0;
  for (const block of output.split(/\n\s*\n/)) {
    const properties = new Map(
      block
        .split('\n')
        .filter((line) => line.includes('='))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]),
    );
    if (properties.size === 0) continue;
    const id = properties.get('Id');
    if (id === undefined) throw new ParseError('systemctl show printed a unit without Id.');
    if (properties.get('LoadState') === 'loaded') units.set(id, properties);
    answers++;
  }
  if (answers === 0) throw new ParseError('systemctl show printed no properties.');
  return Array.from(units, ([name, properties]) => readUnit(name, properties)).flat();
}

function readUnit(name: string, properties: ReadonlyMap<string, string>): Sample[] {
  const activeState = properties.get('ActiveState');
  if (activeState === undefined) throw new ParseError('systemctl show printed a unit without ActiveState.');
  const type = properties.get('Type') ?? '';
  const samples: Sample[] = STATES.map((state) => ({
    metric: 'node_systemd_unit_state',
    labels: { name, state, type },
    value: state === activeState ? 1 : 0,
  }));
  const add = (metric: string, value: number | undefined): void => {
    if (value !== undefined) samples.push({ metric, labels: { name }, value });
  };
  add('node_systemd_service_restart_total', readNumber(properties, 'NRestarts'));
  add(
    'node_systemd_unit_start_time_seconds',
    activeState === 'active' ? readTimestamp(properties.get('ActiveEnterTimestamp') ?? '') : 0,
  );
  add('pipe_node_unit_memory_bytes', readNumber(properties, 'MemoryCurrent'));
  return samples;
}

function readNumber(properties: ReadonlyMap<string, string>, property: string): number | undefined {
  const word = properties.get(property) ?? '';
  return UNSET.has(word) ? undefined : readCount(word, `systemctl show: ${property}`);
}

function readTimestamp(text: string): number | undefined {
  const { date, time } = TIMESTAMP.exec(text)?.groups ?? {};
  if (date === undefined || time === undefined) return undefined;
  const milliseconds = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
