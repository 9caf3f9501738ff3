import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARD_UIDS } from '../dashboard-uids.js';
import { dashboardJson } from './dashboard.js';
import { firingAlerts } from './firing-alerts.js';
import { AVAILABILITY, bounds } from './looks.js';
import { dashboardList, words } from './more-panels.js';
import { stat } from './panels.js';
import { firingCount, latest, line } from './queries.js';
import { fleetVariables } from './variables.js';
import type { View } from './view.js';

/** Where to begin: is all well, and which dashboard answers what. */
export function homeDashboard(view: View): string {
  return dashboardJson({
    uid: DASHBOARD_UIDS.home,
    title: 'Pipe / Start here',
    description: 'Is all well, what fires, and which dashboard answers which question.',
    variables: fleetVariables(view),
    alerts: 'alertname=~"Pipe.+"',
    sections: [
      { id: 1, title: 'Now', panels: now(view) },
      {
        id: 2,
        title: 'What to look at',
        panels: [firingAlerts(view, { id: 20, width: 16, height: 12 }), guide()],
      },
      {
        id: 3,
        title: 'All dashboards',
        panels: [
          dashboardList({
            id: 30,
            title: 'Dashboards of pipefleet',
            description: 'Every dashboard of this project, with the time range kept.',
            width: 24,
            height: 8,
          }),
        ],
      },
    ],
  });
}

function now(view: View): Panel[] {
  const size = { width: 4, height: 4 };
  return [
    stat({
      ...size,
      id: 10,
      title: 'Nodes up',
      description: 'Nodes that answered their last probe, of all nodes that the exporter lists.',
      unit: 'none',
      queries: [
        latest(`sum(probe_success{${view.chosen}}) or 0 * count(up{${view.chosen}})`, 'up'),
        latest(`count(up{${view.chosen}})`, 'all'),
      ],
    }),
    stat({
      ...size,
      id: 11,
      title: 'Critical alerts',
      description: 'Alerts of severity critical that fire now: somebody has to act.',
      unit: 'none',
      noValue: 'no rules run',
      thresholds: bounds('green', [1, 'red']),
      queries: [latest(firingCount('critical'))],
    }),
    stat({
      ...size,
      id: 12,
      title: 'Warnings',
      description: 'Alerts of severity warning that fire now: something to do today.',
      unit: 'none',
      noValue: 'no rules run',
      thresholds: bounds('green', [1, 'orange']),
      queries: [latest(firingCount('warning'))],
    }),
    stat({
      ...size,
      id: 13,
      title: 'Sent now',
      description: 'What all hosts together send, over five minutes, and how it went in the time range.',
      unit: 'bps',
      trend: true,
      queries: [line(`sum(instance:node_network_transmit_bytes:rate5m{${view.chosen}}) * 8`, 'sent')],
    }),
    stat({
      ...size,
      id: 14,
      title: 'Cache hit ratio',
      description:
        'Share of requests to the disk caches that were hits, over five minutes. Busy nodes weigh more.',
      unit: 'percentunit',
      decimals: 1,
      noValue: 'no requests',
      trend: true,
      queries: [
        line(
          `sum(instance:pipe_node_cache_hits:rate5m{${view.chosen}}) / (sum(instance:pipe_node_cache_requests:rate5m{${view.chosen}}) > 0)`,
          'hits',
        ),
      ],
    }),
    stat({
      ...size,
      id: 15,
      title: 'Uptime, 30 days',
      description:
        'Mean over the nodes of the share of the past 30 days in which their software answered, as the exporter saw it.',
      unit: 'percentunit',
      decimals: 2,
      thresholds: AVAILABILITY,
      queries: [latest(`avg(instance:pipe_node_up:avg30d{${view.chosen}})`)],
    }),
  ];
}

const QUESTIONS: readonly (readonly [question: string, title: string, uid: string])[] = [
  ['Which nodes are not well?', 'Fleet', DASHBOARD_UIDS.fleet],
  ['What is wrong with this node?', 'Node', DASHBOARD_UIDS.node],
  ['Is it me, or everybody?', 'Compare', DASHBOARD_UIDS.compare],
  ['Will I miss the uptime of the month?', 'Reliability', DASHBOARD_UIDS.reliability],
  ['When is something full?', 'Capacity', DASHBOARD_UIDS.capacity],
  ['Who runs what, and who is behind?', 'Versions', DASHBOARD_UIDS.versions],
  ['Can somebody get in?', 'Security', DASHBOARD_UIDS.security],
  ['How much do we carry, and where?', 'Network', DASHBOARD_UIDS.network],
  ['Can I trust what I see here?', 'Exporter', DASHBOARD_UIDS.exporter],
];

function guide(): Panel {
  const rows = QUESTIONS.map(([question, title, uid]) => `| ${question} | [${title}](/d/${uid}) |`);
  return words(
    {
      id: 21,
      title: 'Which dashboard answers what',
      description: 'The questions that people come with, and where the answer is.',
      width: 8,
      height: 12,
    },
    ['| Question | Dashboard |', '|---|---|', ...rows].join('\n'),
  );
}
