import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { findTool } from '../stack/tools.js';
import { buildBatch } from './batch.js';
import type { Collector } from './collector.js';
import { COLLECTORS } from './registry.js';
import { renderSamples } from './testing/exposition.js';
import { runBatch } from './testing/shell.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const NAMES = ['cpu', 'loadavg', 'meminfo', 'stat', 'filesystem', 'netdev', 'diskstats', 'time', 'uname'];
const SHARED = COLLECTORS.filter(({ name }) => NAMES.includes(name));

/** What node_exporter takes from places that no collector of ours reads: sysfs, udev, netlink, mountinfo. */
const NOT_OURS =
  /^(go_|process_|promhttp_|node_exporter_|node_scrape_|node_cpu_(core_throttles_total|package_throttles_total|online|isolated)|node_disk_(info|ata_\w+|device_mapper_info|filesystem_info)|node_filesystem_(mount_info|purgeable_bytes)|node_network_receive_nohandler_total|node_time_(zone_offset_seconds|clocksource_\w+))/;

/** Fields of /proc/meminfo that only some versions of node_exporter have. */
const NOT_THEIRS =
  /^node_memory_(KReclaimable|SecPageTables|FileHugePages|FilePmdMapped|Unaccepted|Balloon|Hugetlb|Zswap|Zswapped)_bytes/;

/** Values that do not change while the test runs. Not filesystem_readonly: node_exporter 1.10 and 1.11 say 0 of any mount. */
const CONSTANT =
  /^node_(boot_time_seconds|uname_info|filesystem_(size_bytes|files|device_error)|memory_(MemTotal|SwapTotal|VmallocTotal|CommitLimit|Hugepagesize)_bytes|memory_HugePages_Total)\b/;

/** Idle time is smoothed by node_exporter from one scrape to the next; the kernel lets it and iowait step back. */
const STEPS_BACK = /mode="(idle|iowait)"/;

/** Exclusions that node_exporter 1.12 has by default; older versions, and those of Debian, have others. */
const DEFAULTS = [
  '--collector.diskstats.device-exclude=^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$',
  '--collector.filesystem.mount-points-exclude=^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)',
  '--collector.netdev.device-exclude=^$',
];

interface Exposition {
  readonly types: ReadonlyMap<string, string>;
  readonly values: ReadonlyMap<string, number>;
}

function read(text: string): Exposition {
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const type = /^# TYPE (?<name>\S+) (?<type>\S+)$/.exec(line)?.groups;
    if (type !== undefined) types.set(type['name'] ?? '', type['type'] ?? '');
    const series = /^(?<name>[a-zA-Z_]\w*)(?:\{(?<labels>.*)\})? (?<value>\S+)$/.exec(line)?.groups;
    if (series === undefined) continue;
    // To Prometheus an empty label is none; node_exporter has the label device_error since 1.8.
    const labels = [...(series['labels'] ?? '').matchAll(/\w+="(?:[^"\\]|\\.)+"/g)]
      .map(([label]) => label)
      .sort();
    values.set(`${series['name'] ?? ''}{${labels.join()}}`, Number(series['value']));
  }
  return { types, values };
}

let exporter: ChildProcess;
let before: Exposition;
let ours: Exposition;
let after: Exposition;

beforeAll(async () => {
  const flags = NAMES.map((name) => `--collector.${name}`);
  const words = ['--web.listen-address=127.0.0.1:0', '--collector.disable-defaults', ...DEFAULTS, ...flags];
  const child = spawn(await findTool('node_exporter'), words, { stdio: ['ignore', 'ignore', 'pipe'] });
  exporter = child;
  let address: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    address = /address=(?<address>127\.0\.0\.1:\d+)/.exec(line)?.groups?.['address'];
    if (address !== undefined) break;
  }
  const scrape = async (): Promise<Exposition> =>
    read(await (await fetch(`http://${String(address)}/metrics`)).text());

  before = await scrape();
  const batch = buildBatch(SHARED, DEFAULT_SOFTWARE);
  const { files, sections } = batch.split(await runBatch(batch.command(TOKEN), { shell: ['sh'] }), TOKEN);
  const render = (collector: Collector): string => {
    const { output = '', status = 0 } = sections.get(collector.name) ?? {};
    return renderSamples(collector, collector.parse({ files, output, status, software: DEFAULT_SOFTWARE }));
  };
  ours = read(SHARED.map(render).join(''));
  after = await scrape();
});
afterAll(() => void exporter.kill());

describe('node_exporter on this machine', () => {
  test('names and types are the same', () => {
    const theirs = [...before.types].filter(([name]) => !NOT_OURS.test(name));
    const extra = [...ours.types].filter(([name]) => NOT_THEIRS.test(name));
    expect(new Map([...ours.types].sort())).toEqual(new Map([...theirs, ...extra].sort()));
  });

  test('series are the same, label for label', () => {
    const theirs = [...before.values.keys()].filter((series) => !NOT_OURS.test(series));
    const extra = [...ours.values.keys()].filter((series) => NOT_THEIRS.test(series));
    expect([...ours.values.keys()].sort()).toEqual([...new Set([...theirs, ...extra])].sort());
  });

  test('values that stand still are the same', () => {
    const constant = [...ours.values].filter(([series]) => CONSTANT.test(series));
    expect(constant.length).toBeGreaterThan(8);
    for (const [series, value] of constant)
      expect([series, value]).toEqual([series, before.values.get(series)]);
  });

  test('counters lie between a scrape before and a scrape after', () => {
    const moving = [...ours.values].filter(([series]) => /_total\{|node_time_seconds/.test(series));
    const outside = moving.filter(([series, value]) => {
      const [low = NaN, high = NaN] = [before.values.get(series), after.values.get(series)];
      return !STEPS_BACK.test(series) && !(low - 1e-9 <= value && value <= high + 1e-9);
    });
    expect(moving.length).toBeGreaterThan(20);
    expect(outside).toEqual([]);
  });
});
