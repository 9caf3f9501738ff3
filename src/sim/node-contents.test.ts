import { describe, expect, test } from '@jest/globals';
import { buildBatch } from '../collectors/batch.js';
import type { Sample } from '../collectors/collector.js';
import { COLLECTORS } from '../collectors/registry.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { answerBatch } from './batch-answer.js';
import { createRequestReader } from './batch-request.js';
import { type FaultKind, takeTurns } from './faults.js';
import { createModel } from './model.js';
import { contentsOf } from './node-contents.js';
import { profileOf } from './profile.js';

const NOW = 1_764_000_000;
const DAY = 86_400;
const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const faults = takeTurns(5, 12, 20);
const model = createModel(profileOf({ name: 'tyo-1', city: 'Tokyo, JP', longitude: 139.69 }, 20), faults);
const batch = buildBatch(COLLECTORS, DEFAULT_SOFTWARE);
const readRequest = createRequestReader();

/** Asks the model as a probe would, and reads the answer with the real collectors. */
function scrape(seconds: number): Map<string, number> {
  const request = readRequest(batch.command(TOKEN));
  if (request === undefined) throw new Error('The batch was not recognized.');
  const output = batch.split(answerBatch(request, contentsOf(model, model.stateAt(seconds))), TOKEN);
  expect(output.complete).toBe(true);
  const samples: Sample[] = [];
  for (const collector of COLLECTORS) {
    const section = output.sections.get(collector.name);
    expect(section?.status ?? 0).toBe(0);
    const found = collector.parse({
      files: output.files,
      output: section?.output ?? '',
      status: section?.status ?? 0,
      software: DEFAULT_SOFTWARE,
    });
    expect([collector.name, found.length > 0]).toEqual([collector.name, true]);
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

describe('a simulated node, read by the real collectors', () => {
  test('gives samples to every collector, at any time', () => {
    for (let seconds = NOW; seconds < NOW + 2 * DAY; seconds += 1_777.7) scrape(seconds);
  });

  test('says of itself that it is simulated', () => {
    const series = [...scrape(NOW).keys()];
    const info = series.filter(
      (name) => name.startsWith('pipe_node_info') || name.startsWith('node_uname_info'),
    );
    expect(info).toEqual([
      expect.stringMatching(/release="[^"]*-simulated".*nodename="simulated-tyo-1"/),
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

  test('every counter grows, or falls together with a restart', () => {
    const counters = new Set(
      COLLECTORS.flatMap(({ metrics }) => Object.entries(metrics))
        .filter(([, { type }]) => type === 'counter')
        .map(([name]) => name),
    );
    const fallen: string[] = [];
    let before = scrape(NOW);
    for (let seconds = NOW + 30; seconds < NOW + DAY / 3; seconds += 30) {
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
    expect(values.get('pipe_node_http_up')).toBe(0);
    expect(values.get('pipe_node_uptime_seconds')).toBeUndefined();
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
