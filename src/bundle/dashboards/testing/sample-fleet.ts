import { FAILURE_REASONS, type FailureReason } from '../../../core/failure.js';

/** One time series: a value for each scrape, undefined where there was none. */
export interface SampleSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: (scrape: number) => number | undefined;
}

/** Scrapes of the sample data. */
export const SCRAPES = 120;
export const INTERVAL_SECONDS = 30;

/** The scrape from which on sgp-1 is down. */
const OUTAGE = 80;
/** The scrape from which on the kernel has taken back some of the time of iowait. */
const STEP_BACK = SCRAPES - 2;
const TAKEN_BACK_SECONDS = 9;
/** The scrape at which one probe of ams-1 failed. */
const HICCUP = 40;

const REASONS = Object.keys(FAILURE_REASONS) as readonly FailureReason[];
const PHASES = ['queue', 'resolve', 'connect', 'handshake', 'auth', 'channel', 'command', 'parse'];
const MODES = ['idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'];
const COLLECTOR_NAMES = ['cpu', 'meminfo', 'pipe-node'];

/** How a sample node fares. */
interface Health {
  /** From which scrape on it cannot be reached. */
  readonly downFrom?: number;
  /** The one scrape at which it could not be reached. */
  readonly failedAt?: number;
  /** The host answers, the node software does not work. */
  readonly software?: 'broken';
}

type Add = (
  metric: string,
  labels: Readonly<Record<string, string>>,
  value: number | ((scrape: number) => number | undefined),
) => void;

/**
 * Made-up series of a fleet of five, in the form of real ones: fra-1 works, ams-1 is simulated and had a
 * hiccup, the software of tyo-1 is broken, sgp-1 went down, and Prometheus gets no answer about lim-1. fra-1
 * is probed for a slow module too. They are for tests only.
 */
export function sampleFleet(): SampleSeries[] {
  const eu = { group: 'eu', region: 'europe', provider: 'alpha' };
  const asia = { group: 'asia', region: 'asia', provider: 'beta' };
  return [
    ...node('fra-1', { ...eu }, {}, [50.11, 8.68]),
    ...node('ams-1', { ...eu, simulated: 'true' }, { failedAt: HICCUP }, undefined),
    ...node('tyo-1', asia, { software: 'broken' }, [35.68, 139.69]),
    ...node('sgp-1', asia, { downFrom: OUTAGE }, [1.35, 103.82]),
    { metric: 'up', labels: { job: 'pipe-node', instance: 'lim-1' }, value: () => 0 },
    ...slowJob({ job: 'pipe-audit', instance: 'fra-1', ...eu }),
    ...exporter(),
  ];
}

function node(
  instance: string,
  more: Readonly<Record<string, string>>,
  health: Health,
  place: readonly [latitude: number, longitude: number] | undefined,
): SampleSeries[] {
  const series: SampleSeries[] = [];
  const target = { job: 'pipe-node', instance, ...more };
  const isUp = (scrape: number): boolean =>
    scrape < (health.downFrom ?? Infinity) && scrape !== health.failedAt;
  const always: Add = (metric, labels, value) => {
    series.push({
      metric,
      labels: { ...target, ...labels },
      value: typeof value === 'number' ? () => value : value,
    });
  };
  const whileUp: Add = (metric, labels, value) => {
    always(metric, labels, (scrape) => {
      if (!isUp(scrape)) return undefined;
      return typeof value === 'number' ? value : value(scrape);
    });
  };

  always('up', {}, 1);
  probe(always, isUp);
  if (place !== undefined) {
    always('pipe_node_location_info', { latitude: String(place[0]), longitude: String(place[1]) }, 1);
  }
  host(whileUp, health.software === 'broken');
  software(whileUp, health.software === 'broken');
  return series;
}

/** What the probes of another module say of themselves. */
function slowJob(target: Readonly<Record<string, string>>): SampleSeries[] {
  const series: SampleSeries[] = [{ metric: 'up', labels: target, value: () => 1 }];
  probe(
    (metric, labels, value) =>
      series.push({
        metric,
        labels: { ...target, ...labels },
        value: typeof value === 'number' ? () => value : value,
      }),
    () => true,
  );
  return series;
}

function probe(add: Add, isUp: (scrape: number) => boolean): void {
  add('probe_success', {}, (scrape) => Number(isUp(scrape)));
  add('probe_duration_seconds', {}, (scrape) => (isUp(scrape) ? 0.08 : 10));
  add('probe_connection_reused', {}, (scrape) => Number(isUp(scrape)));
  for (const phase of PHASES) {
    add('probe_phase_duration_seconds', { phase }, (scrape) => {
      if (isUp(scrape)) return phase === 'command' ? 0.07 : 0;
      return phase === 'connect' ? 10 : 0;
    });
  }
  for (const reason of REASONS) {
    add('probe_failure_reason', { reason }, (scrape) =>
      Number(reason === (isUp(scrape) ? 'none' : 'connect_timeout')),
    );
  }
  for (const collector of COLLECTOR_NAMES)
    add('probe_collector_success', { collector }, (scrape) => Number(isUp(scrape)));
}

const GB = 1e9;

/** @param isFull the memory is taken, so that the estimate of what is available lies below what is free */
function host(add: Add, isFull: boolean): void {
  for (const cpu of ['0', '1']) {
    for (const mode of MODES) {
      const share = mode === 'idle' ? 0.79 : 0.03;
      add('node_cpu_seconds_total', { cpu, mode }, (scrape) => {
        const taken = mode === 'iowait' && scrape >= STEP_BACK ? TAKEN_BACK_SECONDS : 0;
        return 1000 + scrape * INTERVAL_SECONDS * share - taken;
      });
    }
  }
  for (const [index, minutes] of [1, 5, 15].entries()) add(`node_load${minutes}`, {}, 0.6 - index / 10);
  add('node_memory_MemTotal_bytes', {}, 8 * GB);
  add('node_memory_MemAvailable_bytes', {}, (isFull ? 1.5 : 5) * GB);
  add('node_memory_MemFree_bytes', {}, 2 * GB);
  add('node_boot_time_seconds', {}, 1_700_000_000);
  add('node_time_seconds', {}, (scrape) => 1_700_100_000 + scrape * INTERVAL_SECONDS);
  for (const [mountpoint, device, free] of [
    ['/', '/dev/vda1', 30],
    ['/opt/popcache', '/dev/vdb', 8],
  ] as const) {
    const labels = { device, mountpoint, fstype: 'ext4', device_error: '' };
    add('node_filesystem_size_bytes', labels, 100 * GB);
    add('node_filesystem_avail_bytes', labels, free * GB);
    add('node_filesystem_free_bytes', labels, (free + 5) * GB);
    add('node_filesystem_readonly', labels, 0);
  }
  for (const device of ['lo', 'eth0']) {
    for (const way of ['receive', 'transmit']) {
      add(`node_network_${way}_bytes_total`, { device }, (scrape) => scrape * 3e6);
      add(`node_network_${way}_errs_total`, { device }, 0);
      add(`node_network_${way}_drop_total`, { device }, (scrape) => scrape);
    }
  }
  add('node_disk_read_bytes_total', { device: 'vda' }, (scrape) => scrape * 1e6);
  add('node_disk_written_bytes_total', { device: 'vda' }, (scrape) => scrape * 2e6);
  add('node_disk_io_time_seconds_total', { device: 'vda' }, (scrape) => scrape * 3);
  const uname = {
    sysname: 'Linux',
    release: '6.8.0-52-generic',
    version: '#53-Ubuntu SMP',
    machine: 'x86_64',
  };
  add('node_uname_info', { ...uname, nodename: 'host', domainname: '(none)' }, 1);
}

function software(add: Add, isBroken: boolean): void {
  const name = 'popcache.service';
  for (const state of ['active', 'activating', 'deactivating', 'failed', 'inactive', 'reloading']) {
    const actual = isBroken ? 'failed' : 'active';
    add('node_systemd_unit_state', { name, state, type: 'simple' }, Number(state === actual));
  }
  add('node_systemd_service_restart_total', { name }, (scrape) => (isBroken ? scrape : 0));
  add('pipe_node_unit_memory_bytes', { name }, 0.5 * GB);
  add('pipe_node_detected', { generation: 'testnet' }, 1);
  add('pipe_node_http_up', { generation: 'testnet' }, Number(!isBroken));
  for (const endpoint of ['health', 'state', 'status', 'metrics', 'cache_stats']) {
    add('pipe_node_endpoint_up', { generation: 'testnet', endpoint }, Number(!isBroken));
  }
  if (isBroken) return;

  add(
    'pipe_node_identity_info',
    { generation: 'testnet', pop_id: '12345', pop_name: 'sample', pop_location: 'Nowhere' },
    1,
  );
  add('pipe_node_health_ok', { generation: 'testnet' }, 1);
  add('pipe_node_registered', {}, 1);
  add('pipe_node_rewards_enabled', {}, 1);
  add('pipe_node_server_port', {}, 443);
  add('pipe_node_server_port_expected', {}, 443);
  add('pipe_node_uptime_seconds', {}, (scrape) => scrape * INTERVAL_SECONDS);
  for (const tier of ['memory', 'disk']) {
    add('pipe_node_cache_hits_total', { tier }, (scrape) => scrape * 90);
    add('pipe_node_cache_misses_total', { tier }, (scrape) => scrape * 10);
    add('pipe_node_cache_size_bytes', { tier }, 2 * GB);
    add('pipe_node_cache_capacity_bytes', { tier }, 4 * GB);
  }
  add('pipe_node_window_requests', {}, 60);
  add('pipe_node_window_egress_bytes', {}, 1.2e6);
  add('pipe_node_window_pop_egress_bytes', {}, 559);
  add('pipe_node_window_origin_errors', {}, 0);
  add('pipe_node_window_cache_hit_ratio', {}, 0.9);
  for (const what of ['hits', 'misses', 'writes', 'proxy_failure']) add(`pipe_node_window_kv_${what}`, {}, 1);
}

function exporter(): SampleSeries[] {
  const series: SampleSeries[] = [];
  const add = (
    metric: string,
    labels: Readonly<Record<string, string>>,
    value: (scrape: number) => number,
  ): void => {
    series.push({ metric, labels: { job: 'pipefleet', instance: 'pipefleet:10950', ...labels }, value });
  };
  add('up', {}, () => 1);
  add('pipefleet_config_last_reload_successful', {}, () => 1);
  add('pipefleet_probes_total', { module: 'node', reason: 'none' }, (scrape) => scrape * 3);
  add('pipefleet_probes_total', { module: 'node', reason: 'connect_timeout' }, (scrape) =>
    Math.max(0, scrape - OUTAGE),
  );
  add('pipefleet_probes_rejected_total', {}, () => 0);
  for (const [le, share] of [
    ['0.1', 0.75],
    ['1', 0.9],
    ['10', 1],
    ['+Inf', 1],
  ] as const) {
    add('pipefleet_probe_duration_seconds_bucket', { module: 'node', le }, (scrape) =>
      Math.floor(scrape * 4 * share),
    );
  }
  for (const state of ['dialing', 'ready', 'backoff']) {
    add('pipefleet_ssh_connections', { state }, () => (state === 'ready' ? 3 : 0));
  }
  return series;
}

/**
 * The series in the OpenMetrics text format, as `promtool tsdb create-blocks-from openmetrics` reads it.
 *
 * @param endSeconds Unix time of the last scrape
 */
export function openMetrics(series: readonly SampleSeries[], endSeconds: number): string {
  const lines: string[] = [];
  for (const { metric, labels, value } of series) {
    const pairs = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
    for (let scrape = 0; scrape < SCRAPES; scrape++) {
      const number = value(scrape);
      const time = endSeconds - (SCRAPES - 1 - scrape) * INTERVAL_SECONDS;
      if (number !== undefined) lines.push(`${metric}{${pairs.join()}} ${number} ${time}`);
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}
