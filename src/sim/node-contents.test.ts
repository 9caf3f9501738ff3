import { describe, expect, test } from '@jest/globals';
import { buildBatch } from '../collectors/batch.js';
import type { Sample } from '../collectors/collector.js';
import { COLLECTORS } from '../collectors/registry.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { answerBatch } from './batch-answer.js';
import type { Blemish } from './blemishes.js';
import { createRequestReader } from './batch-request.js';
import { type FaultKind, takeTurns } from './faults.js';
import { type NodeModel, createModel } from './model.js';
import { contentsOf } from './node-contents.js';
import { profileOf } from './profile.js';

const NOW = 1_764_000_000;
const DAY = 86_400;
const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const faults = takeTurns(5, 12, 20);
const IDENTITY = { name: 'tyo-1', city: 'Tokyo, JP', longitude: 139.69 };
const model = createModel(profileOf(IDENTITY, 20), faults);
const batch = buildBatch(COLLECTORS, DEFAULT_SOFTWARE);
const readRequest = createRequestReader();

/** What a small virtual server with Ubuntu and without a gate does not have, and what belongs to other software than that of testnet. */
const ABSENT =
  'cpufreq kernel-hung watchdog bonding mdadm xfs edac hwmon thermal-zone nvme pipe-native pipe-earnings gate'.split(
    ' ',
  );
/** What is silent besides while the node software does not run. */
const ABSENT_WHEN_STOPPED = ['pipe-process', 'pipe-host', 'pipe-tls'];

/** Untyped as with node_exporter, and counters all the same. */
const COUNTS_UP = /^node_(?:vmstat|netstat)_(?!Tcp_CurrEstab|Ip_Forwarding)/;

/** Asks a model as a probe of all modules would, and reads the answer with the real collectors. */
function scrape(seconds: number, node: NodeModel = model): Map<string, number> {
  const request = readRequest(batch.command(TOKEN));
  if (request === undefined) throw new Error('The batch was not recognized.');
  const state = node.stateAt(seconds);
  const output = batch.split(answerBatch(request, contentsOf(node, state)), TOKEN);
  expect(output.complete).toBe(true);
  const absent = [...ABSENT, ...(state.software.startSeconds === undefined ? ABSENT_WHEN_STOPPED : [])];
  const samples: Sample[] = [];
  for (const collector of COLLECTORS) {
    const section = output.sections.get(collector.name);
    expect([collector.name, section?.status ?? 0]).toEqual([collector.name, 0]);
    const found = collector.parse({
      files: output.files,
      output: section?.output ?? '',
      status: section?.status ?? 0,
      software: DEFAULT_SOFTWARE,
    });
    expect([collector.name, found.length > 0]).toEqual([collector.name, !absent.includes(collector.name)]);
    samples.push(...found);
  }
  return new Map(samples.map(({ metric, labels, value }) => [seriesName(metric, labels), value]));
}

function seriesName(metric: string, labels: Sample['labels'] = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length > 0 ? `${metric}{${pairs.join(',')}}` : metric;
}

function scrapeDuring(kind: FaultKind): Map<string, number> {
  const [fault] = faults.during([kind], NOW, NOW + 3 * DAY);
  if (fault === undefined) throw new Error(`There is no ${kind} within three days.`);
  return scrape((fault.from + fault.until) / 2);
}

function scrapeWith(blemish: Blemish): Map<string, number> {
  return scrape(NOW, createModel(profileOf({ ...IDENTITY, blemish }, 20), faults));
}

describe('a simulated node, read by the real collectors', () => {
  test('gives samples to every collector of what it has, at any time', () => {
    for (let seconds = NOW; seconds < NOW + 2 * DAY; seconds += 1_777.7) scrape(seconds);
  });

  test('says of itself that it is simulated', () => {
    const series = [...scrape(NOW).keys()];
    const info = series.filter(
      (name) => name.startsWith('pipe_node_identity_info') || /^node_(?:uname|os)_info/.test(name),
    );
    expect(info).toEqual([
      expect.stringMatching(/release="[^"]*-simulated".*nodename="simulated-tyo-1"/),
      expect.stringMatching(/pretty_name="Ubuntu [^"]* \(simulated\)"/),
      expect.stringMatching(/pop_name="simulated-tyo-1",pop_location="Tokyo, JP \(simulated\)"/),
    ]);
  });

  test('is plausible', () => {
    const values = scrape(NOW);
    const value = (name: string): number => values.get(name) ?? NaN;
    expect(value('node_time_seconds')).toBe(NOW);
    expect(value('node_boot_time_seconds')).toBeLessThan(NOW);
    expect(value('node_load1')).toBeGreaterThan(0);
    expect(value('node_memory_MemAvailable_bytes')).toBeLessThan(value('node_memory_MemTotal_bytes'));
    expect(value('node_network_transmit_bytes_total{device="eth0"}')).toBeGreaterThan(1e6);
    const root = '{device="/dev/vda1",mountpoint="/",fstype="ext4",device_error=""}';
    expect(value(`node_filesystem_avail_bytes${root}`)).toBeLessThan(
      value(`node_filesystem_size_bytes${root}`),
    );
    expect(value('pipe_node_registered')).toBe(1);
    expect(value('pipe_node_server_port')).toBe(value('pipe_node_server_port_expected'));
    expect(value('pipe_node_cache_size_bytes{tier="disk"}')).toBeLessThan(
      value('pipe_node_cache_capacity_bytes{tier="disk"}'),
    );
    expect(value('pipe_node_window_cache_hit_ratio')).toBeGreaterThan(0.5);
    expect(value('node_systemd_unit_state{name="popcache.service",state="active",type="simple"}')).toBe(1);
  });

  test('says the same wherever several files state it', () => {
    const values = scrape(NOW);
    const value = (name: string): number => values.get(name) ?? NaN;
    const unit = '{name="popcache.service"}';
    const process = '{name="pop",unit="popcache.service"}';
    expect(value(`pipe_node_process_threads${process}`)).toBe(value(`pipe_node_unit_tasks${unit}`));
    expect(value(`pipe_node_process_cpu_seconds_total${process}`)).toBeCloseTo(
      value(`pipe_node_unit_cpu_seconds_total${unit}`),
      0,
    );
    expect(value(`pipe_node_process_start_time_seconds${process}`)).toBeCloseTo(
      value(`pipe_node_unit_main_start_time_seconds${unit}`),
      -1,
    );
    expect(value('node_netstat_Tcp_CurrEstab')).toBeLessThan(value('node_sockstat_TCP_inuse'));
    expect(value('node_netstat_IpExt_OutOctets')).toBeLessThan(
      value('node_network_transmit_bytes_total{device="eth0"}'),
    );
    expect(value('node_filefd_allocated')).toBeGreaterThan(value(`pipe_node_process_open_fds${process}`));
    expect(value('pipe_node_data_filesystem_avail_bytes{generation="testnet"}')).toBe(
      value('node_filesystem_avail_bytes{device="/dev/vda1",mountpoint="/",fstype="ext4",device_error=""}'),
    );
    expect(value('pipe_node_config_cache_capacity_bytes{generation="testnet",tier="disk"}')).toBe(
      value('pipe_node_cache_capacity_bytes{tier="disk"}'),
    );
    expect(value('pipe_node_port_listening{port="443"}')).toBe(1);
    expect(value('pipe_audit_checks{result="failed"}')).toBe(0);
  });

  test('every counter grows, or falls together with a restart', () => {
    const counters = new Set(
      COLLECTORS.flatMap(({ metrics }) => Object.entries(metrics))
        .filter(([name, { type }]) => type === 'counter' || COUNTS_UP.test(name))
        .map(([name]) => name),
    );
    const fallen: string[] = [];
    let before = scrape(NOW);
    for (let seconds = NOW + 60; seconds < NOW + DAY / 3; seconds += 60) {
      const after = scrape(seconds);
      const grew = (name: string): boolean => (after.get(name) ?? 0) >= (before.get(name) ?? 0);
      for (const [series, value] of after) {
        const name = series.replace(/\{.*/, '');
        if (!counters.has(name) || value >= (before.get(series) ?? 0)) continue;
        const restarted = name.startsWith('pipe_') && !grew('pipe_node_uptime_seconds');
        const rebooted = before.get('node_boot_time_seconds') !== after.get('node_boot_time_seconds');
        if (!restarted && !rebooted) fallen.push(`${series} at ${seconds}`);
      }
      before = after;
    }
    expect(fallen).toEqual([]);
  });
});

describe('faults, as a probe sees them', () => {
  test('software_stopped: detected, but nothing answers', () => {
    const values = scrapeDuring('software_stopped');
    expect(values.get('pipe_node_detected{generation="testnet"}')).toBe(1);
    expect(values.get('pipe_node_http_up{generation="testnet"}')).toBe(0);
    expect(values.get('pipe_node_uptime_seconds')).toBeUndefined();
    expect(values.get('pipe_node_port_listening{port="443"}')).toBe(0);
    expect(values.get('pipe_node_unit_exit_status{name="popcache.service"}')).toBe(101);
    expect(values.get('node_systemd_unit_state{name="popcache.service",state="failed",type="simple"}')).toBe(
      1,
    );
  });

  test('unregistered and port_drift', () => {
    expect(scrapeDuring('unregistered').get('pipe_node_registered')).toBe(0);
    expect(scrapeDuring('port_drift').get('pipe_node_server_port')).toBe(444);
  });

  test('disk_full: little is left for anybody but root', () => {
    const values = scrapeDuring('disk_full');
    const root = '{device="/dev/vda1",mountpoint="/",fstype="ext4",device_error=""}';
    const [free = 1, size = 1] = ['avail', 'size'].map((what) =>
      values.get(`node_filesystem_${what}_bytes${root}`),
    );
    expect(free / size).toBeLessThan(0.05);
  });
});

describe('blemishes, as the inventory and the audit see them', () => {
  test('older_version', () => {
    const series = [...scrapeWith('older_version').keys()];
    expect(series).toContainEqual(expect.stringMatching(/^pipe_node_info\{.*version="0\.3\.1"/));
    expect(series).not.toContain('pipe_node_window_kv_hits');
  });

  test('growing_log', () => {
    const log = '{file="/opt/popcache/logs/stdout.log"}';
    const values = scrapeWith('growing_log');
    expect(values.get(`pipe_node_log_rotated${log}`)).toBe(0);
    expect(values.get(`pipe_node_log_size_bytes${log}`)).toBeGreaterThan(
      scrape(NOW).get(`pipe_node_log_size_bytes${log}`) ?? NaN,
    );
  });

  test('root_login', () => {
    const values = scrapeWith('root_login');
    expect(values.get('pipe_audit_check{check="ssh-root-password",severity="critical"}')).toBe(0);
    expect(values.get('pipe_audit_check{check="ssh-root-login",severity="info"}')).toBe(0);
  });

  test('no_backup', () => {
    expect(scrape(NOW).get('pipe_node_backup_timestamp_seconds')).toBeGreaterThan(NOW - DAY);
    expect(scrapeWith('no_backup').has('pipe_node_backup_timestamp_seconds')).toBe(false);
  });

  test('late_certificate', () => {
    const end = 'pipe_node_tls_certificate_not_after_timestamp_seconds';
    expect(scrape(NOW).get(end)).toBeGreaterThan(NOW + 29 * DAY);
    const late = scrapeWith('late_certificate').get(end) ?? NaN;
    expect(late).toBeGreaterThan(NOW + 2 * DAY);
    expect(late).toBeLessThan(NOW + 11 * DAY);
  });
});
