import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { knownMetrics } from '../../../prometheus/testing/known-metrics.js';
import { readPromql } from '../../../prometheus/testing/promql.js';
import { COLLECTORS } from '../../collectors/registry.js';
import { defaultSettings } from '../load-settings.js';
import { DASHBOARD_UIDS } from '../dashboard-uids.js';
import { dashboards } from './dashboards.js';
import { lint, type LintedDashboard } from './testing/linter.js';
import { sampleFleet } from './testing/sample-fleet.js';
import { startSamplePrometheus, type SamplePrometheus } from './testing/sample-prometheus.js';

const FOLDER = join(process.cwd(), 'grafana', 'dashboards');

/** Panels that come with every Grafana. */
const CORE_PANELS = [
  'bargauge',
  'dashlist',
  'geomap',
  'piechart',
  'row',
  'stat',
  'state-timeline',
  'status-history',
  'table',
  'text',
  'timeseries',
];

/** Panels that ask Prometheus nothing. */
const WITHOUT_QUERIES = ['row', 'text', 'dashlist'];

const ALL_NODES = { job: 'pipe-node', group: '.*', region: '.*', instance: '.+' };
const ONE_NODE = { job: 'pipe-node', instance: 'fra-1' };

/** Dashboards about one node; all others have a choice of them. */
const OF_ONE_NODE = ['pipefleet-node', 'pipefleet-compare'];

/** What Grafana puts in the place of its variables, for each dashboard once a choice. */
function choicesOf(uid: string): Readonly<Record<string, string>>[] {
  return OF_ONE_NODE.includes(uid)
    ? [ONE_NODE, ...['tyo-1', 'sgp-1', 'lim-1'].map((instance) => ({ ...ONE_NODE, instance }))]
    : [ALL_NODES, { ...ALL_NODES, instance: 'lim-1' }];
}

/** Queries that rightly find nothing on the working node, by panel id and reference. */
const EMPTY_WHEN_WELL = new Set([
  'pipefleet-node 21 A',
  // The sample is not a week old.
  'pipefleet-compare 31 B',
  'pipefleet-compare 32 B',
]);

/** Numbers that are not about the chosen nodes, and may be well while these are not. */
const ABOUT_ALL = new Set([
  'pipefleet-home 11',
  'pipefleet-home 12',
  'pipefleet-fleet 12',
  'pipefleet-exporter 14',
]);

/** The job of a selector: that of the nodes, or another of ours. */
const JOB = /job=(~"pipe-node"|"(pipe-inventory|pipe-audit|pipefleet|prometheus|alertmanager)")/;

/** Rules of the dashboard-linter that are broken on purpose. */
const EXCUSED: Readonly<Record<string, string>> = {
  'template-job-rule':
    'all stands for the jobs that were found: .+ would take every target of Prometheus for a node',
  'template-instance-rule': 'a dashboard about one node takes one; that of the exporter is about none',
  'target-job-rule':
    'what is known of the same nodes by other jobs, of the exporter and the servers, and of ALERTS',
  'target-counter-agg-rule': 'the CPUs of a node are counted, not their time',
  'target-instance-rule': 'what is known of all nodes beside the chosen ones, to compare with; and as above',
};

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly instant?: boolean;
  readonly format?: string;
  readonly legendFormat?: string;
}

interface DashboardPanel {
  readonly type: string;
  readonly id: number;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly thresholds?: {
        readonly steps: readonly { readonly value: number | null; readonly color: string }[];
      };
    };
    readonly overrides: readonly { readonly matcher: { readonly options: string } }[];
  };
  readonly options?: {
    readonly legend?: { readonly showLegend: boolean };
    readonly tooltip?: { readonly mode: string };
    readonly reduceOptions?: { readonly calcs: readonly string[] };
  };
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: Record<string, unknown>;
    readonly filter?: { readonly options: string };
  }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly editable: boolean;
  readonly panels: readonly DashboardPanel[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly links: readonly { readonly keepTime: boolean }[];
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly label: string;
      readonly description: string;
      readonly refresh?: number;
      readonly multi: boolean;
      readonly allValue?: string;
      readonly query: string | { readonly query: string };
    }[];
  };
}

const known = await knownMetrics();
const texts = dashboards(defaultSettings());
const all = Object.values(texts).map((text) => JSON.parse(text) as Dashboard);
const dataPanels = all.flatMap((dashboard) =>
  dashboard.panels
    .filter(({ type }) => !WITHOUT_QUERIES.includes(type))
    .map((panel) => [`${dashboard.title}: ${panel.title}`, panel, dashboard] as const),
);

function substitute(text: string, choice: Readonly<Record<string, string>>): string {
  const values: Readonly<Record<string, string>> = { ...choice, __rate_interval: '2m', __range: '1h' };
  return text.replaceAll(/\$(?<name>\w+)/g, (variable, name: string) => values[name] ?? variable);
}

function queriesOf(
  panel: DashboardPanel,
  { uid }: Dashboard,
): { readonly target: Target; readonly expression: string }[] {
  const [choice = {}] = choicesOf(uid);
  return (panel.targets ?? []).map((target) => ({ target, expression: substitute(target.expr, choice) }));
}

describe('the files in grafana/dashboards', () => {
  test('are what the sources give', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(texts).sort());
    for (const [name, text] of Object.entries(texts)) {
      expect(
        readFileSync(join(FOLDER, name), 'utf8') === text ? '' : `npm run generate would change ${name}`,
      ).toBe('');
    }
  });
});

describe('every dashboard', () => {
  test('has a name and a uid of its own, which alerts link to', () => {
    const names = Object.keys(texts).map((name) => name.replace('.json', ''));
    expect(all.map(({ uid }) => uid)).toEqual(names);
    expect([...names].sort()).toEqual(Object.values(DASHBOARD_UIDS).sort());
    const titles = all.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    for (const title of titles) expect(title).toMatch(/^Pipe \/ [A-Z]/);
  });

  test.each(all.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s is classic, read-only, and leads on without losing the time range',
    (_title, dashboard) => {
      expect(dashboard.schemaVersion).toBe(42);
      expect(dashboard.editable).toBe(false);
      expect(dashboard.links.map(({ keepTime }) => keepTime)).toEqual([true]);
      expect(JSON.stringify(dashboard)).not.toMatch(/__inputs|\$\{DS_/);
      const ids = dashboard.panels.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const titles = dashboard.panels.map(({ title }) => title);
      expect(new Set(titles).size).toBe(titles.length);
    },
  );

  test.each(all.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s has no two panels in one place',
    (_title, { panels }) => {
      const taken = new Set<string>();
      for (const { gridPos, id } of panels) {
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(taken.has(`${x},${y}`) ? `panel ${id} lies on another` : '').toBe('');
            taken.add(`${x},${y}`);
          }
        }
      }
    },
  );

  test.each(all.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s has variables that follow the data',
    (_title, { templating }) => {
      for (const { name, type, label, description, refresh, query, allValue, multi } of templating.list) {
        expect([name, label === '' || description === '']).toEqual([name, false]);
        if (type === 'datasource') continue;
        expect(refresh).toBe(2);
        const inner = /^label_values\((?<selector>.+), \w+\)$/.exec(
          typeof query === 'string' ? query : query.query,
        );
        expect(readPromql(inner?.groups?.['selector'] ?? '').errors).toEqual([]);
        if (name === 'instance' && multi) expect(allValue).toBe('.+');
      }
    },
  );

  test('breaks no rule of the dashboard-linter but those that are excused, with a reason', () => {
    const found = all.flatMap((dashboard) => lint(dashboard as unknown as LintedDashboard));
    const excused = found.filter(({ rule }) => rule in EXCUSED);
    const others = found.filter(({ rule }) => !(rule in EXCUSED));
    expect(others.map(({ rule, place, what }) => `${place}: ${rule}: ${what}`)).toEqual([]);
    expect([...new Set(excused.map(({ rule }) => rule))].sort()).toEqual(Object.keys(EXCUSED).sort());
  });

  test('leads from the fleet to a node that exists', () => {
    for (const [, path] of JSON.stringify(all).matchAll(/\/d\/(?<uid>[\w-]+)/g)) {
      expect(all.map(({ uid }) => uid)).toContain(path);
    }
  });
});

describe('every panel', () => {
  test.each(dataPanels)('%s says what it is', (_name, panel) => {
    expect(CORE_PANELS).toContain(panel.type);
    expect(panel.description).toMatch(/^[A-Z].{20,}\.$/);
    expect(panel.datasource?.uid).toBe('${datasource}');
    expect(panel.fieldConfig?.defaults.unit ?? '').not.toBe('');
    expect(panel.fieldConfig?.defaults.noValue ?? '').not.toBe('');
    expect(panel.targets?.length).toBeGreaterThan(0);
    // The defaults of the SDK: no legend, a tooltip for one line, and a stat that reduces by nothing.
    if (panel.type === 'timeseries' || panel.type === 'state-timeline') {
      expect(panel.options?.legend?.showLegend).toBe(true);
      expect(panel.options?.tooltip?.mode).toBe('multi');
    }
    if (panel.type === 'stat' || panel.type === 'bargauge') {
      expect(panel.options?.reduceOptions?.calcs).toEqual(['lastNotNull']);
    }
    if (panel.type === 'geomap' || panel.type === 'table') {
      for (const { refId, format, instant } of panel.targets ?? []) {
        const isTrend = panel.transformations?.some(
          ({ id, filter }) => id === 'timeSeriesTable' && filter?.options === refId,
        );
        expect([refId, format, instant]).toEqual(
          isTrend === true ? [refId, 'time_series', false] : [refId, 'table', true],
        );
      }
    }
  });

  test.each(dataPanels)('%s asks for metrics that exist, in PromQL', (_name, panel, dashboard) => {
    for (const { target, expression } of queriesOf(panel, dashboard)) {
      const { errors, selectors, ranges } = readPromql(expression);
      expect(errors).toEqual([]);
      for (const range of ranges) expect(['2m', '1h']).toContain(range);
      for (const { metric, matchers, appliedTo, range } of selectors) {
        expect(known.has(metric) ? '' : metric).toBe('');
        const isRate = appliedTo === 'rate' || appliedTo === 'increase';
        if (isRate) expect(range).toBe('2m');
        if (isRate) expect(target.expr).toContain('[$__rate_interval]');
        const isCount = metric === 'node_cpu_seconds_total' && matchers.includes('mode="idle"');
        // A counter that steps back, for which rate() is wrong.
        const isUnsteady = matchers.includes('mode=~"iowait|steal"') && appliedTo === 'deriv';
        if (!isCount && !isUnsteady)
          expect([metric, isRate]).toEqual([metric, known.get(metric) === 'counter']);
        // Without its job, a series of node_exporter or the blackbox exporter would take part.
        if (metric.includes(':') || metric.startsWith('ALERTS')) continue;
        expect(matchers.join()).toMatch(JOB);
      }
    }
  });
});

describe('on a Prometheus with a working, a broken and an unreachable node', () => {
  let prometheus: SamplePrometheus;
  beforeAll(async () => {
    prometheus = await startSamplePrometheus();
  });
  afterAll(() => prometheus.stop());

  test('the jobs of the slow modules, which probe the same nodes, are not among those to choose from', async () => {
    const queries = all.flatMap(({ templating }) =>
      templating.list.filter(({ name }) => name === 'job').map(({ query }) => query),
    );
    expect(queries).toHaveLength(all.length);
    for (const query of queries) {
      const text = typeof query === 'string' ? query : query.query;
      const selector = /^label_values\((?<selector>.+), job\)$/.exec(text)?.groups?.['selector'] ?? '';
      const found = await prometheus.instant(`group by (job) (${selector})`);
      expect(found.map(({ labels }) => labels['job'])).toEqual(['pipe-node']);
    }
    expect(await prometheus.instant('probe_success{job="pipe-audit"}')).toHaveLength(2);
  });

  test.each(dataPanels)('%s finds its data, without a remark', async (_name, panel, dashboard) => {
    const fields = new Set<string>();
    for (const { target, expression } of queriesOf(panel, dashboard)) {
      const series = await (target.instant === true
        ? prometheus.instant(expression)
        : prometheus.range(expression));
      const place = `${dashboard.uid} ${panel.id} ${target.refId}`;
      if (!EMPTY_WHEN_WELL.has(place)) expect([place, series.length > 0]).toEqual([place, true]);
      for (const { labels } of series) {
        for (const [, label = ''] of (target.legendFormat ?? '').matchAll(/\{\{(?<label>\w+)\}\}/g)) {
          expect([place, Object.keys(labels)]).toEqual([place, expect.arrayContaining([label])]);
        }
        for (const label of Object.keys(labels)) fields.add(label);
      }
      const isTrend = target.format === 'time_series';
      fields.add(panel.targets?.length === 1 ? 'Value' : `${isTrend ? 'Trend' : 'Value'} #${target.refId}`);
    }
    if (panel.type !== 'table') return;
    const shown = panel.transformations?.find(({ id }) => id === 'organize')?.options[
      'renameByName'
    ] as Record<string, string>;
    // fra-1 is not simulated: the label shows on the fleet dashboard, where ams-1 has it.
    for (const field of Object.keys(shown)) {
      if (dashboard.uid === 'pipefleet-fleet' || field !== 'simulated') expect([...fields]).toContain(field);
    }
    const titles = Object.values(shown);
    for (const { matcher } of panel.fieldConfig?.overrides ?? []) expect(titles).toContain(matcher.options);
  });

  test('no query of the node dashboard fails for a node that is broken, down or not scraped', async () => {
    const node = all.find(({ uid }) => uid === 'pipefleet-node');
    for (const choice of choicesOf('pipefleet-node')) {
      for (const { expr, instant } of node?.panels.flatMap(({ targets }) => targets ?? []) ?? []) {
        const expression = substitute(expr, choice);
        await (instant === true ? prometheus.instant(expression) : prometheus.range(expression));
      }
    }
  });

  test('critical alerts mark the node that is down, warnings the node whose software restarts', async () => {
    const expectations = [
      ['Alerts: critical', 'sgp-1'],
      ['Alerts: warning', 'tyo-1'],
    ] as const;
    for (const { uid, annotations } of all) {
      if (uid === 'pipefleet-exporter') continue;
      for (const [name, instance] of expectations) {
        const marks = annotations.list.find((annotation) => annotation.name === name);
        const choice = { ...ALL_NODES, instance };
        const series = await prometheus.range(substitute(marks?.expr ?? '', choice));
        expect(series.map(({ labels }) => labels['instance'])).toContain(instance);
      }
    }
  });

  const stats = dataPanels.filter(([, { type }]) => type === 'stat');

  test.each(stats)('%s is not green for a node of which nothing is known', async (_name, panel, { uid }) => {
    const choice = choicesOf(uid).at(-1) ?? {};
    expect(choice['instance'] ?? 'lim-1').toBe('lim-1');
    const steps = panel.fieldConfig?.defaults.thresholds?.steps ?? [];
    for (const { refId, expr, instant } of panel.targets ?? []) {
      if (ABOUT_ALL.has(`${uid} ${panel.id}`)) continue;
      const expression = substitute(expr, choice);
      const series = await (instant === true ? prometheus.instant(expression) : prometheus.range(expression));
      const colours = series.map(
        ({ value: text }) =>
          steps.findLast(({ value: from }) => from === null || Number(text) >= from)?.color,
      );
      expect([refId, colours]).toEqual([refId, expect.not.arrayContaining(['green'])]);
    }
  });

  const value = async (
    uid: string,
    id: number,
    refId: string,
    choice = 0,
  ): Promise<Record<string, string>> => {
    const target = all
      .find((dashboard) => dashboard.uid === uid)
      ?.panels.find((panel) => panel.id === id)
      ?.targets?.find((one) => one.refId === refId);
    const series = await prometheus.instant(substitute(target?.expr ?? '', choicesOf(uid)[choice] ?? {}));
    return Object.fromEntries(
      series.map(({ labels, value: text }) => [
        labels['reason'] ?? labels['mode'] ?? labels['instance'] ?? '',
        text,
      ]),
    );
  };

  test('the fleet counts a node that is not scraped as not up', async () => {
    await expect(value('pipefleet-fleet', 10, 'A')).resolves.toEqual({ '': '3' });
    await expect(value('pipefleet-fleet', 10, 'B')).resolves.toEqual({ '': '5' });
    await expect(value('pipefleet-fleet', 11, 'A')).resolves.toEqual({ '': '2' });
  });

  test('a fleet of which nothing is scraped has no node up, and all of them not up', async () => {
    await expect(value('pipefleet-fleet', 10, 'A', 1)).resolves.toEqual({ '': '0' });
    await expect(value('pipefleet-fleet', 11, 'A', 1)).resolves.toEqual({ '': '1' });
  });

  test('time that the kernel took back is no spike, and there is no less than no file cache', async () => {
    const { iowait, steal } = await value('pipefleet-node', 60, 'B');
    expect(Number(iowait)).toBe(0);
    expect(Number(steal)).toBeCloseTo(0.03);
    await expect(value('pipefleet-node', 62, 'B', 1)).resolves.toEqual({ 'tyo-1': '0' });
  });

  test('the table knows up, down and not scraped', async () => {
    const states = { 'fra-1': '1', 'ams-1': '1', 'tyo-1': '1', 'sgp-1': '0', 'lim-1': '-1' };
    await expect(value('pipefleet-fleet', 20, 'A')).resolves.toEqual(states);
  });

  test('the timeline shows the nodes that failed before those that did not, and each once', async () => {
    const state = async (refId: string): Promise<string[]> =>
      Object.keys(await value('pipefleet-fleet', 21, refId)).sort();
    await expect(state('A')).resolves.toEqual(['lim-1', 'sgp-1']);
    await expect(state('B')).resolves.toEqual(['ams-1']);
    await expect(state('C')).resolves.toEqual(['fra-1', 'tyo-1']);
  });

  test('a node shows only the reasons that occurred', async () => {
    await expect(value('pipefleet-node', 21, 'A', 2)).resolves.toEqual({ connect_timeout: '1' });
  });

  test('security counts the node that fails a critical check, and the ones of which no audit is known', async () => {
    await expect(value('pipefleet-security', 10, 'A')).resolves.toEqual({ '': '1' });
    await expect(value('pipefleet-security', 12, 'A')).resolves.toEqual({ '': '3' });
  });

  test('what fires is listed with the node, and counted', async () => {
    const { '': critical } = await value('pipefleet-home', 11, 'A');
    expect(Number(critical)).toBeGreaterThan(0);
    const listed = await value('pipefleet-home', 20, 'A');
    expect(Object.keys(listed)).toEqual(expect.arrayContaining(['sgp-1', 'tyo-1']));
  });

  test('a node is compared with its region and with the fleet', async () => {
    await expect(value('pipefleet-compare', 13, 'A')).resolves.toEqual({ '': '1' });
    await expect(value('pipefleet-compare', 13, 'B')).resolves.toEqual({ '': '2' });
  });

  test('a unit that failed is a failed one', async () => {
    await expect(value('pipefleet-node', 31, 'A', 1)).resolves.toEqual({ '': '5' });
    await expect(value('pipefleet-node', 31, 'A', 0)).resolves.toEqual({ '': '1' });
  });
});

describe('the sample fleet', () => {
  const documented = new Map(COLLECTORS.flatMap(({ metrics }) => Object.entries(metrics)));

  test('has the metrics and labels that the collectors document', () => {
    const ofTarget = ['job', 'instance', 'group', 'region', 'provider', 'simulated'];
    for (const { metric, labels } of sampleFleet()) {
      expect(known.has(metric) ? '' : metric).toBe('');
      const spec = documented.get(metric);
      if (spec === undefined) continue;
      const own = Object.keys(labels).filter((label) => !ofTarget.includes(label));
      expect([metric, own.sort()]).toEqual([metric, [...(spec.labels ?? [])].sort()]);
    }
  });
});
