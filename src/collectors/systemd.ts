import { ParseError } from './collector.js';
import type { Collector, MetricSpec, Sample } from './collector.js';
import { readEach } from './each-item.js';
import { installations } from './pipe-node/installations.js';
import { readCount } from './text.js';

/**
 * What is asked of each unit. Never ExecStart or Environment: they may hold wallets and invite codes, and whatever is asked for
 * travels.
 */
const PROPERTIES = [
  'Id',
  'LoadState',
  'ActiveState',
  'UnitFileState',
  'Type',
  'Result',
  'ExecMainCode',
  'ExecMainStatus',
  'ExecMainStartTimestamp',
  'ActiveEnterTimestamp',
  'NRestarts',
  'CPUUsageNSec',
  'MemoryCurrent',
  'MemoryMax',
  'TasksCurrent',
  'LimitNOFILESoft',
];

/** The states that node_exporter knows. A unit in another one, such as `reloading`, is in none of them. */
const STATES = ['activating', 'active', 'deactivating', 'failed', 'inactive'] as const;

const TIMEOUT_STATUS = 124;

/** What systemd prints for a number that it does not have, or for no limit: words, or 2^64 - 1 before version 240. */
const UNSET = new Set(['', '[not set]', '18446744073709551615', 'infinity']);

const NANOSECONDS = 1e9;

/** Of the states of a unit file, those that say whether the unit starts at boot. */
const ENABLED: ReadonlyMap<string, number> = new Map([
  ['enabled', 1],
  ['disabled', 0],
]);

/** `CLD_EXITED` of waitid(2): the main process ended by itself, and not by a signal. It is 0 while the process runs. */
const EXITED = '1';

/** `success`, `exit-code`, `oom-kill` and the like, see systemd.exec(5) on `$SERVICE_RESULT`. */
const RESULT = /^[a-z][a-z-]{0,31}$/;

/** `Sat 2025-11-22 16:40:01 UTC`; the batch sets TZ so that every node prints UTC. */
const TIMESTAMP = /^\S+ (?<date>\d{4}-\d{2}-\d{2}) (?<time>\d{2}:\d{2}:\d{2})(?:\.\d+)? UTC$/;

const SOURCE = 'systemctl show';

const ofUnit = (type: MetricSpec['type'], help: string, more: readonly string[] = []): MetricSpec => ({
  type,
  help,
  labels: ['name', ...more],
  source: SOURCE,
});

/** Whether the services of the node software run, since when, how often they were restarted, and what they use. */
export const systemd: Collector = {
  name: 'systemd',
  module: 'node',
  summary: 'Units of the node software under any of the names that its guides use, also several on one node.',
  metrics: {
    node_systemd_unit_state: ofUnit('gauge', '1 for the state that the unit is in, 0 for the others.', [
      'state',
      'type',
    ]),
    node_systemd_service_restart_total: ofUnit(
      'counter',
      'Automatic restarts of the service, since it was last started by hand.',
    ),
    node_systemd_unit_start_time_seconds: ofUnit(
      'gauge',
      'Unix time at which the unit became active, 0 while it is not.',
    ),
    pipe_node_unit_enabled: ofUnit('gauge', '1 when the unit starts at boot, 0 when it is disabled.'),
    pipe_node_unit_main_start_time_seconds: ofUnit(
      'gauge',
      'Unix time at which the main process of the unit was last started, whether it still runs or not.',
    ),
    pipe_node_unit_last_result_info: ofUnit(
      'gauge',
      'How the last run of the unit ended, as systemd names it, and success while it runs; the value is always 1.',
      ['result'],
    ),
    pipe_node_unit_exit_status: ofUnit(
      'gauge',
      'Exit status of the main process, while it does not run and was not ended by a signal.',
    ),
    pipe_node_unit_cpu_seconds_total: ofUnit(
      'counter',
      'Seconds of CPU time that the unit used since it was started, where systemd accounts for it.',
    ),
    pipe_node_unit_memory_bytes: ofUnit(
      'gauge',
      'Memory that the unit uses in bytes, where systemd accounts for it.',
    ),
    pipe_node_unit_memory_limit_bytes: ofUnit(
      'gauge',
      'Memory in bytes at which the kernel ends processes of the unit, when it has such a limit.',
    ),
    pipe_node_unit_tasks: ofUnit('gauge', 'Threads of the unit, where systemd accounts for them.'),
    pipe_node_unit_open_files_limit: ofUnit(
      'gauge',
      'Soft limit of open files with which systemd starts processes of the unit.',
    ),
  },
  needs: [installations],
  // The folder is how sd_booted(3) tells that systemd runs the system.
  script: () =>
    `[ -z "$N" ] || [ ! -d /run/systemd/system ] || t 3 systemctl show -p ${PROPERTIES.join(',')} $N 2>/dev/null`,
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
  return readEach(units, ([name, properties]) => readUnit(name, properties));
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
  add('pipe_node_unit_enabled', ENABLED.get(properties.get('UnitFileState') ?? ''));
  add(
    'pipe_node_unit_main_start_time_seconds',
    readTimestamp(properties.get('ExecMainStartTimestamp') ?? ''),
  );
  const result = properties.get('Result') ?? '';
  if (RESULT.test(result)) {
    samples.push({ metric: 'pipe_node_unit_last_result_info', labels: { name, result }, value: 1 });
  }
  if (properties.get('ExecMainCode') === EXITED) {
    add('pipe_node_unit_exit_status', readNumber(properties, 'ExecMainStatus'));
  }
  const cpu = readNumber(properties, 'CPUUsageNSec');
  add('pipe_node_unit_cpu_seconds_total', cpu === undefined ? undefined : cpu / NANOSECONDS);
  add('pipe_node_unit_memory_bytes', readNumber(properties, 'MemoryCurrent'));
  add('pipe_node_unit_memory_limit_bytes', readNumber(properties, 'MemoryMax'));
  add('pipe_node_unit_tasks', readNumber(properties, 'TasksCurrent'));
  add('pipe_node_unit_open_files_limit', readNumber(properties, 'LimitNOFILESoft'));
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
