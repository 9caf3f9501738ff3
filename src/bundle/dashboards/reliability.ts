import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARD_UIDS } from '../dashboard-uids.js';
import { COUNTING_SHARE, PERIOD_HOURS } from '../recording/uptime.js';
import { dashboardJson } from './dashboard.js';
import { AVAILABILITY, bounds, SEVERITY } from './looks.js';
import { history } from './more-panels.js';
import { graph, stat } from './panels.js';
import { columns, latest, line } from './queries.js';
import { table } from './table-panel.js';
import { fleetVariables } from './variables.js';
import type { View } from './view.js';

/** Share of a month that mainnet asks for; alerts have it as a setting. */
const OBJECTIVE = 0.98;
const BUDGET_HOURS = `${PERIOD_HOURS} * (1 - ${OBJECTIVE})`;

/** Shares of what may be used up. */
const LEFT = bounds('red', [0.01, 'orange'], [0.5, 'green']);

/** Uptime as the networks define it, what is left of it, and what cost it. */
export function reliabilityDashboard(view: View): string {
  return dashboardJson({
    uid: DASHBOARD_UIDS.reliability,
    title: 'Pipe / Reliability',
    description:
      'Uptime by the hours, days and months in which the networks count it, what is left of it, and what cost it. As the exporter saw it: what the network itself counts decides.',
    variables: fleetVariables(view),
    alerts: 'alertname=~"Pipe.+"',
    from: 'now-7d',
    sections: [
      { id: 1, title: 'Now', panels: now(view) },
      { id: 2, title: 'Nodes', panels: [nodes(view)] },
      { id: 3, title: 'Days and causes', panels: [days(view), reasons(view)] },
      { id: 4, title: 'Incidents', panels: [incidents(view), budget(view)] },
    ],
  });
}

function now(view: View): Panel[] {
  const size = { width: 6, height: 4 };
  return [
    stat({
      ...size,
      id: 10,
      title: 'Uptime, 24 hours',
      description: 'Share of the past 24 hours in which the software answered: the mean over the nodes.',
      unit: 'percentunit',
      decimals: 2,
      thresholds: AVAILABILITY,
      queries: [latest(`avg(instance:pipe_node_up:avg1d{${view.chosen}})`)],
    }),
    stat({
      ...size,
      id: 11,
      title: 'Uptime, 30 days',
      description: 'The same for the past 30 days. Mainnet asks for 98 %.',
      unit: 'percentunit',
      decimals: 2,
      thresholds: AVAILABILITY,
      queries: [latest(`avg(instance:pipe_node_up:avg30d{${view.chosen}})`)],
    }),
    stat({
      ...size,
      id: 12,
      title: 'Nodes that miss the month',
      description: 'Nodes that were down for more than 2 % of 30 days, which is 14.4 hours.',
      unit: 'none',
      thresholds: bounds('green', [1, 'red']),
      queries: [
        latest(
          `count(instance:pipe_node_down_hours:sum30d{${view.chosen}} >= ${BUDGET_HOURS}) or 0 * count(instance:pipe_node_down_hours:sum30d{${view.chosen}})`,
        ),
      ],
    }),
    stat({
      ...size,
      id: 13,
      title: 'Days that count, the least',
      description:
        'Of the last seven whole days that were watched, the share in which a node was up in at least 18 of 24 hours, for the node that has the least. The testnet scored by them.',
      unit: 'percentunit',
      decimals: 0,
      noValue: 'not known before midnight',
      thresholds: bounds('red', [0.7, 'orange'], [0.99, 'green']),
      queries: [latest(`min(instance:pipe_node_days_up:ratio7d{${view.chosen}})`)],
    }),
  ];
}

function nodes(view: View): Panel {
  const perNode = (series: string): string => `max by (instance) (${series}{${view.chosen}})`;
  const uptime = { unit: 'percentunit', decimals: 2, thresholds: AVAILABILITY, cell: 'text' } as const;
  return table({
    id: 20,
    title: 'Uptime of each node',
    description:
      'The one with the least left first. "Left" is what remains of the 14.4 hours that a node may be down in 30 days.',
    unit: 'none',
    width: 24,
    height: 11,
    noValue: '–',
    key: 'instance',
    sortBy: 'Left of the month',
    queries: [
      columns(perNode('instance:pipe_node_up:avg1h')),
      columns(perNode('instance:pipe_node_up:avg1d')),
      columns(perNode('instance:pipe_node_up:avg30d')),
      columns(perNode('instance:pipe_node_hours_up:ratio1d')),
      columns(perNode('instance:pipe_node_days_up:sum7d')),
      columns(perNode('instance:pipe_node_days_up:avg7d')),
      columns(`${perNode('instance:pipe_node_down_hours:sum30d')} * 3600`),
      columns(`clamp_min(1 - ${perNode('instance:pipe_node_down_hours:sum30d')} / (${BUDGET_HOURS}), 0)`),
    ],
    columns: [
      {
        field: 'instance',
        title: 'Node',
        link: {
          title: 'Show this node',
          url: '/d/pipefleet-node?var-instance=${__value.text}&${job:queryparam}&${datasource:queryparam}&${__url_time_range}',
        },
      },
      { field: 'Value #A', title: '1 hour', ...uptime },
      { field: 'Value #B', title: '24 hours', ...uptime },
      { field: 'Value #C', title: '30 days', ...uptime },
      { field: 'Value #D', title: 'Hours with a sign of life, 24 h', unit: 'percentunit', decimals: 0 },
      { field: 'Value #E', title: 'Days that count, of 7' },
      { field: 'Value #F', title: 'Mean of those days', ...uptime },
      { field: 'Value #G', title: 'Down in 30 days', unit: 's', decimals: 1 },
      {
        field: 'Value #H',
        title: 'Left of the month',
        unit: 'percentunit',
        decimals: 0,
        thresholds: LEFT,
        cell: 'gauge',
      },
    ],
  });
}

function days(view: View): Panel {
  return history({
    id: 30,
    title: 'Each day of two weeks',
    description: `Share of each past 24 hours in which the node had a sign of life an hour. Below ${COUNTING_SHARE * 100} % the day does not count.`,
    unit: 'percentunit',
    width: 14,
    height: 12,
    decimals: 0,
    step: '1d',
    past: '14d',
    thresholds: bounds('red', [COUNTING_SHARE, 'yellow'], [0.95, 'green']),
    queries: [
      line(`max by (instance) (instance:pipe_node_hours_up:ratio1d{${view.chosen}})`, '{{instance}}'),
    ],
  });
}

function reasons(view: View): Panel {
  return graph({
    id: 31,
    title: 'Why probes failed',
    description: 'Nodes whose last probe failed, by the reason.',
    unit: 'none',
    width: 10,
    height: 12,
    min: 0,
    stacked: true,
    noValue: 'No probe failed.',
    queries: [
      line(`count by (reason) (probe_failure_reason{${view.chosen}, reason!="none"} == 1)`, '{{reason}}'),
    ],
  });
}

function incidents(view: View): Panel {
  return table({
    id: 40,
    title: 'Incidents in the time range',
    description:
      'Alerts that fired, and for how long altogether. Alerts about the whole fleet and the exporter are among them.',
    unit: 'none',
    width: 14,
    height: 10,
    noValue: 'Nothing fired.',
    key: 'alertname',
    sortBy: 'For',
    descending: true,
    single: true,
    queries: [
      columns(
        `sum by (alertname, severity, instance) (count_over_time(ALERTS{alertstate="firing", alertname=~"Pipe.+", severity=~"critical|warning", instance=~"$instance|"}[$__range])) * ${view.scope.evaluationSeconds}`,
      ),
    ],
    columns: [
      { field: 'severity', title: 'Severity', mapping: SEVERITY, cell: 'background', width: 100 },
      { field: 'alertname', title: 'Alert' },
      { field: 'instance', title: 'Node' },
      { field: 'Value', title: 'For', unit: 's', decimals: 1 },
    ],
  });
}

function budget(view: View): Panel {
  return graph({
    id: 41,
    title: 'Left of the month, the least ten',
    description:
      'What remains of the hours that each node may be down in 30 days; at 0 the uptime of the month is missed.',
    unit: 'percentunit',
    width: 10,
    height: 10,
    max: 1,
    queries: [
      line(
        `bottomk(10, 1 - max by (instance) (instance:pipe_node_down_hours:sum30d{${view.chosen}}) / (${BUDGET_HOURS}))`,
        '{{instance}}',
      ),
    ],
  });
}
