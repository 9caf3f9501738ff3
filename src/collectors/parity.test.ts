import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hostTuning } from './host-tuning.js';
import { PARITY_GAPS } from './parity-gaps.js';
import { COLLECTORS } from './registry.js';
import { readExposition, renderSamples, type Exposition } from './testing/exposition.js';
import { askAll } from './testing/node.js';
import { startNodeExporter, type NodeExporter } from './testing/node-exporter.js';

/** Every collector that gives series under names of node_exporter; systemd's need a system that runs it. */
const SHARED = COLLECTORS.filter(
  ({ name, metrics }) =>
    name !== 'systemd' && Object.keys(metrics).some((metric) => metric.startsWith('node_')),
);

/** What node_exporter says of itself. */
const META = /^(?:go_|process_|promhttp_|node_exporter_|node_scrape_|node_textfile_)/;

/** Collectors of node_exporter that are off unless asked for, and that we have; they do not count for the coverage. */
const EXTRA_FLAGS = [
  '--collector.cpu.info',
  '--collector.processes',
  '--collector.sysctl',
  ...Object.entries(hostTuning.metrics)
    .filter(([name]) => name.startsWith('node_sysctl_'))
    .map(([name, { source = '' }]) => {
      const setting = source.replace('/proc/sys/', '').replaceAll('/', '.');
      return `--collector.sysctl.${name === 'node_sysctl_info' ? 'include-info' : 'include'}=${setting}`;
    }),
];
const EXTRA = /^node_(?:cpu_info|processes_|sysctl_)/;
/** Of those, what we leave out. */
const EXTRA_GAPS = /^node_processes_(?:state|threads_state)/;

/**
 * Fields that only some versions of node_exporter have; processors that cannot be switched off, which it does not count as
 * online; and what it has by way of text files.
 */
const NOT_THEIRS =
  /^node_cpu_online|^node_reboot_required|^node_memory_(?:KReclaimable|SecPageTables|FileHugePages|FilePmdMapped|Unaccepted|Balloon|Hugetlb|Zswap|Zswapped)_bytes/;

/** node_exporter before 1.12 says rotational="0" of every disk. */
const WRONG_THERE = /\brotational="\d"/g;

/** Share of the series of node_exporter's defaults that a node must have here. */
const LEAST_COVERAGE = 0.95;

/** Names of metrics whose value does not change while the test runs. Not filesystem_readonly: node_exporter 1.10 and 1.11 say 0 of any mount. */
const CONSTANT =
  /^node_(?:boot_time_seconds|\w+_info|filesystem_(?:size_bytes|files|device_error)|memory_(?:MemTotal|SwapTotal|VmallocTotal|CommitLimit|Hugepagesize)_bytes|memory_HugePages_Total|network_(?:up|speed_bytes|mtu_bytes|carrier\w*|address_assign_type|device_id|dormant|flags|iface_\w+|name_assign_type|net_dev_group|protocol_type|transmit_queue_length)|filefd_maximum|entropy_pool_size_bits|nf_conntrack_entries_limit|os_version|cpu_(?:online|isolated|scaling_governor)|processes_max_\w+|selinux_enabled|netstat_Ip6?_Forwarding|timex_(?:pps_\w+|sync_status|tai_offset_seconds|loop_time_constant|tick_seconds))\b/;

/** Idle time is smoothed by node_exporter from one scrape to the next; the kernel lets it and iowait step back. */
const STEPS_BACK = /mode="(?:idle|iowait)"|^node_netstat_Tcp_CurrEstab\{/;

/** Exclusions that node_exporter 1.12 has by default; older versions, and those of Debian, have others. */
const DEFAULTS = [
  '--collector.diskstats.device-exclude=^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$',
  '--collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)',
  '--collector.netdev.device-exclude=^$',
  // A speed that is not known is absent here, where node_exporter says -125000 bytes.
  '--collector.netclass.ignore-invalid-speed',
];

const read = (text: string): Exposition => readExposition(text.replaceAll(WRONG_THERE, ''));

const isGap = (name: string): boolean => PARITY_GAPS.some(({ pattern }) => pattern.test(name));

let exporter: NodeExporter;
let before: Exposition;
let ours: Exposition;
let after: Exposition;
/** The series of node_exporter that count. */
let wanted: readonly string[];

beforeAll(async () => {
  exporter = await startNodeExporter(...DEFAULTS, ...EXTRA_FLAGS);
  before = read(await exporter.scrape());
  const { parse } = await askAll(SHARED, { shell: 'dash' });
  ours = read(SHARED.map((collector) => renderSamples(collector, parse(collector))).join(''));
  after = read(await exporter.scrape());
  // Devices and addresses come and go; only what stood still counts.
  wanted = [...before.values.keys()].filter((series) => after.values.has(series) && !META.test(series));
});
afterAll(() => exporter.stop());

describe('node_exporter on this machine', () => {
  test('most of what it gives by default is here, and every gap has a reason', () => {
    const defaults = wanted.filter((series) => !EXTRA.test(series));
    const missing = defaults.filter((series) => !ours.values.has(series));
    const coverage = 1 - missing.length / defaults.length;
    process.stdout.write(
      `Of the ${defaults.length} series of node_exporter's defaults, ${(coverage * 100).toFixed(1)} % are here; missing: ${missing.join(' ') || 'none'}\n`,
    );
    expect(missing.filter((series) => !isGap(series))).toEqual([]);
    expect(coverage).toBeGreaterThanOrEqual(LEAST_COVERAGE);
  });

  test('what it gives on demand is the same, label for label', () => {
    const extra = wanted.filter((series) => EXTRA.test(series) && !EXTRA_GAPS.test(series));
    expect(extra.filter((series) => !ours.values.has(series))).toEqual([]);
  });

  test('nothing bears a name of its that it would not give', () => {
    const theirs = new Set([...before.values.keys(), ...after.values.keys()]);
    expect(
      [...ours.values.keys()].filter(
        (series) => series.startsWith('node_') && !theirs.has(series) && !NOT_THEIRS.test(series),
      ),
    ).toEqual([]);
  });

  test('types are the same', () => {
    const differing = [...ours.types]
      .map(([name, type]) => [name, type, before.types.get(name) ?? type])
      .filter(([, type, theirs]) => type !== theirs);
    expect(differing).toEqual([]);
  });

  test('values that stand still are the same', () => {
    const constant = [...ours.values].filter(
      ([series]) => CONSTANT.test(series) && before.values.get(series) === after.values.get(series),
    );
    expect(constant.length).toBeGreaterThan(30);
    const differing = constant
      .map(([series, value]) => [series, value, before.values.get(series) ?? value])
      .filter(([, value, theirs]) => value !== theirs);
    expect(differing).toEqual([]);
  });

  test('counters lie between a scrape before and a scrape after', () => {
    const moving = [...ours.values].filter(([series]) =>
      /^\w+_total\{|^node_(?:time_seconds|vmstat_|netstat_)/.test(series),
    );
    const outside = moving.filter(([series, value]) => {
      const [low, high] = [before.values.get(series), after.values.get(series)];
      if (low === undefined || high === undefined || high < low || STEPS_BACK.test(series)) return false;
      return !(low - 1e-9 <= value && value <= high + 1e-9);
    });
    expect(moving.length).toBeGreaterThan(100);
    expect(outside).toEqual([]);
  });
});
