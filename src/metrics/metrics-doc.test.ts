import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { MODULES } from '../collectors/collector.js';
import { PARITY_GAPS } from '../collectors/parity-gaps.js';
import { COLLECTORS } from '../collectors/registry.js';
import { renderMetricsDoc } from './metrics-doc.js';
import { PROBE_METRICS } from './probe-metrics.js';

const text = await renderMetricsDoc();
const [before = '', gaps = '', after = ''] = text.split(
  /^## (?:Where node_exporter has more|The exporter)\n/m,
);
const rows = `${before}${after}`.split('\n').filter((line) => line.startsWith('| `'));
const nameOf = (row: string): string => row.split('`')[1] ?? '';
/** Those of the gate are a node's. */
const isOwn = (name: string): boolean => /^pipefleet_(?!gate_)/.test(name);

test('docs/metrics.md is what the code exports; npm run generate writes it', () => {
  const path = join(import.meta.dirname, '..', '..', 'docs', 'metrics.md');
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('has every metric of probes and collectors by module, in the order of exposition', () => {
  const collectors = MODULES.flatMap((name) => COLLECTORS.filter(({ module }) => module === name));
  const metrics = collectors.flatMap((collector) => Object.keys(collector.metrics));
  expect(rows.map(nameOf).filter((name) => !isOwn(name))).toEqual([
    ...Object.keys(PROBE_METRICS),
    ...metrics,
  ]);
});

test('has the metrics of the exporter itself, with their labels', () => {
  expect(rows.filter((row) => isOwn(nameOf(row))).length).toBeGreaterThan(10);
  for (const start of [
    '| `pipefleet_nodes` | gauge |  |  | ',
    '| `pipefleet_build_info` | gauge |  | `version`, `node_version` | ',
    '| `pipefleet_probes_total` | counter |  | `module`, `reason` | ',
    '| `pipefleet_probe_duration_seconds` | histogram | seconds | `module` | ',
    '| `pipefleet_ssh_connections` | gauge |  | `state` | ',
  ]) {
    expect(rows.map((row) => row.slice(0, start.length))).toContain(start);
  }
});

test('every metric has a meaning, and every metric of a collector a source', () => {
  const collected = COLLECTORS.flatMap((collector) => Object.keys(collector.metrics));
  for (const row of rows) {
    expect(row).toMatch(/^\| `\w+` \| (?:gauge|counter|untyped|histogram) \| [^|]*\| [^|]*\| \S.*\. \|/);
    if (collected.includes(nameOf(row))) expect(row).toMatch(/\. \| \S.* \|$/);
  }
});

test('marks the collectors that are opt-in, and no others', () => {
  const marked = text.split(/^### /m).filter((section) => section.includes('**Opt-in**'));
  expect(marked.map((section) => section.slice(0, section.indexOf('\n')))).toEqual(
    MODULES.flatMap((name) =>
      COLLECTORS.filter(({ module, optIn }) => module === name && optIn === true).map((each) => each.name),
    ),
  );
});

test('says what node_exporter has beyond it, and why', () => {
  for (const { reason } of PARITY_GAPS) expect(gaps).toContain(`| ${reason.replaceAll('|', '\\|')} |`);
  expect(gaps.match(/^\| `/gm)).toHaveLength(PARITY_GAPS.length);
});
