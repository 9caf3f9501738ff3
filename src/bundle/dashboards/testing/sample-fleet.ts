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
    ...slowJob({ job: 'pipe-inventory', instance: 'fra-1', ...eu }, inventory('0.3.2', 'good')),
    ...slowJob({ job: 'pipe-inventory', instance: 'tyo-1', ...asia }, inventory('0.3.1', 'bad')),
    ...slowJob({ job: 'pipe-audit', instance: 'fra-1', ...eu }, audit(['ssh-password'])),
    ...slowJob({ job: 'pipe-audit', instance: 'tyo-1', ...asia }, audit(['ssh-password', 'docker-socket'])),
    ...regions(['europe', 'asia']),
    ...exporter(),
    ...servers(),
  ];
}

function regions(names: readonly string[]): SampleSeries[] {
  return names.map((region) => ({
    metric: 'job_peers:node_network_transmit_bytes:median_avg1d',
    labels: { job: 'pipe-node', region },
    value: () => 1e5,
  }));
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
  for (const [metric, value] of Object.entries(OF_DAYS)) always(metric, {}, value);
  for (const [metric, value] of Object.entries(OF_DAYS_AND_DISKS)) {
    always(metric, { mountpoint: '/' }, value);
  }
  return series;
}

/** What rules compute from days, of which the sample has none, or seldom. */
const OF_DAYS: Readonly<Record<string, number>> = {
  'instance:pipe_node_up:avg1h': 1,
  'instance:pipe_node_up:avg1d': 0.99,
  'instance:pipe_node_up:avg30d': 0.985,
  'instance:pipe_node_hours_up:ratio1d': 1,
  'instance:pipe_node_days_up:sum7d': 7,
  'instance:pipe_node_days_up:ratio7d': 1,
  'instance:pipe_node_days_up:avg7d': 0.99,
  'instance:pipe_node_down_hours:sum30d': 10.8,
  'instance:node_network_transmit_bytes:median1d': 1e5,
  'instance:node_network_transmit_bytes:avg1d': 1e5,
  'instance:node_network_transmit_bytes:p95_1d': 2e5,
  'instance:node_network_transmit_bytes_per_day:ratio': 0.9,
  'instance:node_network_transmit_bytes_per_peers:ratio': 0.95,
  'instance:node_network_transmit_bytes_per_peers:median1d': 1,
  'instance:node_network_transmit_bytes_per_peers:mad1d': 0.05,
  'instance:pipe_node_cache_hits_per_requests_less_peers:difference': -0.01,
  'instance:node_memory_MemAvailable_bytes:slope6h': -1000,
  'instance:node_memory_MemAvailable_bytes:slope1d': -500,
};
const OF_DAYS_AND_DISKS: Readonly<Record<string, number>> = {
  'instance_mountpoint:node_filesystem_room:bytes': 3e10,
  'instance_mountpoint:node_filesystem_room:slope1d': -1e5,
  'instance_mountpoint:node_filesystem_full:predicted_seconds': 3e5,
};

type Fixed = readonly (readonly [metric: string, labels: Readonly<Record<string, string>>, value: number])[];

/** What the module inventory tells of a node that is well kept, or is not. */
function inventory(version: string, state: 'good' | 'bad'): Fixed {
  const good = Number(state === 'good');
  const generation = 'testnet';
  const file = '/opt/popcache/pop';
  return [
    ['pipe_node_info', { file, generation, version, digest: `d${version}` }, 1],
    ['pipe_node_binary_modified_timestamp_seconds', { file }, 1_700_000_000],
    ['pipe_node_config_info', { generation, digest: state }, 1],
    ['pipe_node_config_modified_timestamp_seconds', { generation }, 1_700_000_000],
    ['pipe_node_data_filesystem_size_bytes', { generation }, 100 * GB],
    ['pipe_node_libc_sufficient', { generation }, good],
    ['node_reboot_required', {}, 1 - good],
    ['pipe_node_security_updates_pending', {}, 7 * (1 - good)],
    ['pipe_node_sysctl_recommended', { name: 'net.core.somaxconn' }, 0],
    ['pipe_node_identity_files', { generation }, 1],
    ['pipe_node_identity_file_private', { file: '/opt/popcache/.pop_state.json' }, good],
    ['pipe_node_tls_active', {}, good],
    ['pipe_node_tls_certificate_not_after_timestamp_seconds', {}, 1_900_000_000],
    ['pipe_node_backup_timestamp_seconds', {}, 1_700_000_000],
    ['pipe_node_journal_recent_lines', { name: 'popcache.service', class: 'panic' }, 0],
    ['pipe_node_log_recent_lines', { file: '/opt/popcache/log', class: 'origin' }, 3],
    ['pipefleet_gate_info', { version: '0.1.0', digest: 'ab12' }, 1],
    ['pipefleet_gate_current', {}, good],
  ];
}

/** What the module audit tells of a node that fails some checks. */
function audit(failed: readonly string[]): Fixed {
  const checks = [
    ['ssh-password', 'warning'],
    ['docker-socket', 'critical'],
    ['uid-zero', 'critical'],
  ] as const;
  return [
    ...checks.map(
      ([check, severity]) =>
        ['pipe_audit_check', { check, severity }, Number(!failed.includes(check))] as const,
    ),
    ['pipe_audit_checks', { result: 'failed' }, failed.length],
    ['pipe_audit_checks', { result: 'unknown' }, 2],
    ['pipe_audit_checks', { result: 'passed' }, checks.length - failed.length],
  ];
}

/** What the probes of another module say of themselves, and what they found. */
function slowJob(target: Readonly<Record<string, string>>, found: Fixed): SampleSeries[] {
  const series: SampleSeries[] = [{ metric: 'up', labels: target, value: () => 1 }];
  for (const [metric, labels, value] of found) {
    series.push({ metric, labels: { ...target, ...labels }, value: () => value });
  }
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
  const os = Object.fromEntries(
    [
      'build_id',
      'id',
      'id_like',
      'image_id',
      'image_version',
      'name',
      'variant',
      'variant_id',
      'version',
      'version_codename',
      'version_id',
    ].map((label) => [label, '']),
  );
  add('node_os_info', { ...os, pretty_name: 'Ubuntu 24.04.1 LTS' }, 1);
  for (const kind of ['cpu_waiting', 'io_waiting', 'memory_waiting', 'memory_stalled']) {
    add(`node_pressure_${kind}_seconds_total`, {}, (scrape) => scrape * 0.3);
  }
  add('node_netstat_Tcp_CurrEstab', {}, 300);
  add('node_nf_conntrack_entries', {}, 900);
  add('node_nf_conntrack_entries_limit', {}, 65_536);
  add('node_network_speed_bytes', { device: 'eth0' }, 1.25e8);
  add('node_network_up', { device: 'eth0' }, 1);
}

function software(add: Add, isBroken: boolean): void {
  const name = 'popcache.service';
  for (const state of ['active', 'activating', 'deactivating', 'failed', 'inactive', 'reloading']) {
    const actual = isBroken ? 'failed' : 'active';
    add('node_systemd_unit_state', { name, state, type: 'simple' }, Number(state === actual));
  }
  add('node_systemd_service_restart_total', { name }, (scrape) => (isBroken ? scrape : 0));
  add('pipe_node_unit_memory_bytes', { name }, 0.5 * GB);
  add('pipe_node_process_start_time_seconds', { name: 'pop', unit: name }, 1_700_000_000);
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
  for (const histogram of ['pipefleet_ssh_handshake_duration_seconds', 'pipefleet_ssh_queue_wait_seconds']) {
    for (const le of ['0.1', '+Inf']) add(`${histogram}_bucket`, { le }, (scrape) => scrape);
  }
  add('pipefleet_build_info', { version: '0.1.0', node_version: 'v20.20.0' }, () => 1);
  add('pipefleet_nodes', {}, () => 5);
  add('pipefleet_probes_in_flight', {}, () => 1);
  add('pipefleet_ssh_backoff_nodes', { reason: 'connect_timeout' }, (scrape) => Number(scrape >= OUTAGE));
  add('pipefleet_ssh_dials_total', { reason: 'none' }, (scrape) => Math.ceil(scrape / 10));
  add('pipefleet_ssh_connections_closed_total', { cause: 'age' }, (scrape) => Math.floor(scrape / 10));
  for (const [metric, value] of Object.entries({
    up: 1,
    connections: 3,
    dials_in_flight: 0,
    dials_queued: 0,
    dials_limit: 5,
  })) {
    add(`pipefleet_ssh_jump_${metric}`, { jump: 'bastion' }, () => value);
  }
  add('process_cpu_seconds_total', {}, (scrape) => scrape * 0.3);
  add('process_resident_memory_bytes', {}, () => 9e7);
  add('nodejs_eventloop_lag_p99_seconds', {}, () => 0.011);
  for (const state of ['dialing', 'ready', 'backoff']) {
    add('pipefleet_ssh_connections', { state }, () => (state === 'ready' ? 3 : 0));
  }
  return series;
}

/** What Prometheus and Alertmanager say of themselves. */
function servers(): SampleSeries[] {
  const prometheus = { job: 'prometheus', instance: 'prometheus:9090' };
  const telegram = { job: 'alertmanager', instance: 'alertmanager:9093', integration: 'telegram' };
  return [
    {
      metric: 'prometheus_rule_group_last_duration_seconds',
      labels: { ...prometheus, rule_group: 'rules/recording.yml;pipefleet-node' },
      value: () => 0.02,
    },
    { metric: 'prometheus_tsdb_head_series', labels: prometheus, value: () => 5000 },
    { metric: 'alertmanager_notifications_total', labels: telegram, value: (scrape) => scrape },
    {
      metric: 'alertmanager_notifications_failed_total',
      labels: { ...telegram, reason: 'other' },
      value: () => 0,
    },
  ];
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
