import { readPromql } from '../../../../prometheus/testing/promql.js';

/**
 * The rules of Grafana's dashboard-linter 0.1 (grafana/dashboard-linter, lint/rules.go), of which there is no package to run
 * here. Those about Loki are left out: there is no Loki.
 */

export interface LintedDashboard {
  readonly uid: string;
  readonly editable: boolean;
  readonly templating: { readonly list: readonly LintedVariable[] };
  readonly panels: readonly LintedPanel[];
}

export interface LintedVariable {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly multi?: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
  readonly query: string | { readonly query: string };
  readonly datasource?: { readonly uid: string };
}

export interface LintedPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
  readonly fieldConfig?: {
    readonly defaults: { readonly unit?: string; readonly mappings?: readonly unknown[] };
  };
}

/** One breach of a rule. */
export interface Finding {
  readonly rule: string;
  /** `uid`, or `uid id REF` of a query. */
  readonly place: string;
  readonly what: string;
}

const DESCRIBED = ['stat', 'gauge', 'table', 'timeseries'];

/** Panels whose queries the linter reads. */
const QUERIED = [
  'stat',
  'gauge',
  'table',
  'timeseries',
  'state-timeline',
  'status-history',
  'piechart',
  'bargauge',
];

/** Units of Grafana that are in use here: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
const UNITS = [
  'none',
  'short',
  'percentunit',
  'bytes',
  'Bps',
  'bps',
  's',
  'ops',
  'pps',
  'reqps',
  'dateTimeFromNow',
];

/** Everything that the linter would say. */
export function lint(dashboard: LintedDashboard): Finding[] {
  return [
    ...(dashboard.editable ? [finding('uneditable-dashboard', dashboard.uid, 'can be edited')] : []),
    ...lintVariables(dashboard),
    ...dashboard.panels.flatMap((panel) => lintPanel(dashboard.uid, panel)),
  ];
}

function lintVariables({ uid, templating: { list } }: LintedDashboard): Finding[] {
  const found: Finding[] = [];
  const say = (rule: string, what: string): void => void found.push(finding(rule, uid, what));
  const source = list.find(({ type }) => type === 'datasource');
  if (source?.name !== 'datasource' || source.label !== 'Data source') {
    say('template-datasource-rule', 'there is no variable datasource labelled "Data source"');
  }
  for (const name of ['job', 'instance']) {
    const rule = `template-${name}-rule`;
    const variable = list.find((one) => one.name === name);
    if (variable === undefined) {
      say(rule, 'is missing');
      continue;
    }
    if (variable.datasource?.uid !== '${datasource}') say(rule, 'asks another data source');
    if (variable.label.toLowerCase() !== name) say(rule, 'has another label');
    if (variable.multi !== true) say(rule, 'takes one value only');
    if (variable.allValue !== '.+') say(rule, 'means something else than .+ by all');
  }
  for (const { name, type, query, refresh } of list) {
    if (type !== 'query') continue;
    const text = typeof query === 'string' ? query : query.query;
    const inner = /^label_values\((?<selector>.+), \w+\)$/.exec(text)?.groups?.['selector'];
    if (inner === undefined || readPromql(inner).errors.length > 0) {
      say('template-label-promql-rule', `${name} is no label_values of PromQL`);
    }
    if (refresh !== 2) say('template-on-time-change-reload-rule', `${name} does not follow the time range`);
  }
  return found;
}

function lintPanel(uid: string, panel: LintedPanel): Finding[] {
  const found: Finding[] = [];
  const place = `${uid} ${panel.id}`;
  const { type, title, description = '', targets, datasource, fieldConfig } = panel;
  if (DESCRIBED.includes(type) && (title === '' || description === '')) {
    found.push(finding('panel-title-description-rule', place, 'says not what it is'));
  }
  if (!QUERIED.includes(type)) return found;
  if (datasource?.uid !== '${datasource}')
    found.push(finding('panel-datasource-rule', place, 'asks another data source'));
  if (!UNITS.includes(fieldConfig?.defaults.unit ?? ''))
    found.push(finding('panel-units-rule', place, 'has no known unit'));
  if (targets === undefined || targets.length === 0)
    found.push(finding('panel-no-targets-rule', place, 'asks nothing'));
  for (const { refId, expr } of targets ?? []) found.push(...lintTarget(`${place} ${refId}`, expr));
  return found;
}

function lintTarget(place: string, expr: string): Finding[] {
  const found: Finding[] = [];
  const written = expr
    .replaceAll('$__rate_interval', '11m')
    .replaceAll('$__range', '13m')
    .replaceAll(/\$(?<name>job|instance|group|region)\b/g, 'VAR_$<name>');
  const { errors, selectors } = readPromql(written);
  if (errors.length > 0) found.push(finding('target-promql-rule', place, errors.join()));
  for (const { metric, matchers, appliedTo, range } of selectors) {
    if ((appliedTo === 'rate' || appliedTo === 'irate') && range !== '11m') {
      found.push(finding('target-rate-interval-rule', place, `${metric} over a fixed range`));
    }
    if (!matchers.includes('job=~"VAR_job"')) {
      found.push(finding('target-job-rule', place, `${metric} of any job`));
    }
    if (!matchers.includes('instance=~"VAR_instance"')) {
      found.push(finding('target-instance-rule', place, `${metric} of any instance`));
    }
    if (metric.endsWith('_total') && appliedTo === undefined) {
      found.push(finding('target-counter-agg-rule', place, `${metric} as it stands`));
    }
  }
  return found;
}

function finding(rule: string, place: string, what: string): Finding {
  return { rule, place, what };
}
