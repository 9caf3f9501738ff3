import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARD_UIDS } from '../dashboard-uids.js';
import { dashboardJson } from './dashboard.js';
import { AVAILABILITY } from './looks.js';
import { pie } from './more-panels.js';
import { graph, stat } from './panels.js';
import { columns, latest, line } from './queries.js';
import { table } from './table-panel.js';
import { fleetVariables } from './variables.js';
import type { View } from './view.js';

const SENT = 'instance:node_network_transmit_bytes:rate5m';

/** The fleet as one network: how much it carries, and which parts of it do. */
export function networkDashboard(view: View): string {
  return dashboardJson({
    uid: DASHBOARD_UIDS.network,
    title: 'Pipe / Network',
    description:
      'All of your nodes as one network: totals and shares by region, provider, generation and version. Nodes of others are not in it.',
    variables: fleetVariables(view),
    alerts: 'alertname=~"Pipe.+"',
    from: 'now-2d',
    sections: [
      { id: 1, title: 'Totals', panels: totals(view) },
      { id: 2, title: 'Traffic', panels: traffic(view) },
      { id: 3, title: 'Shares of what is sent', panels: shares(view) },
      { id: 4, title: 'Regions', panels: [regions(view)] },
    ],
  });
}

function totals(view: View): Panel[] {
  const size = { width: 4, height: 4 };
  return [
    stat({
      ...size,
      id: 10,
      title: 'Nodes',
      description: 'Nodes that are up, and how that went.',
      unit: 'none',
      trend: true,
      queries: [line(`sum(probe_success{${view.chosen}})`, 'up')],
    }),
    stat({
      ...size,
      id: 11,
      title: 'Sent now',
      description: 'What all hosts together send: everything that leaves them.',
      unit: 'bps',
      trend: true,
      queries: [line(`sum(${SENT}{${view.chosen}}) * 8`, 'sent')],
    }),
    stat({
      ...size,
      id: 12,
      title: 'Sent in 24 hours',
      description: 'Bytes that all hosts together sent in the past 24 hours, from the mean of each.',
      unit: 'bytes',
      queries: [latest(`sum(instance:node_network_transmit_bytes:avg1d{${view.chosen}}) * 86400`)],
    }),
    stat({
      ...size,
      id: 13,
      title: 'Cache requests',
      description: 'Requests to all disk caches together, a second.',
      unit: 'reqps',
      trend: true,
      queries: [line(`sum(instance:pipe_node_cache_requests:rate5m{${view.chosen}})`, 'requests')],
    }),
    stat({
      ...size,
      id: 14,
      title: 'Hit ratio',
      description: 'Share of those requests that were hits. Busy nodes weigh more.',
      unit: 'percentunit',
      decimals: 1,
      noValue: 'no requests',
      queries: [
        latest(
          `sum(instance:pipe_node_cache_hits:rate5m{${view.chosen}}) / (sum(instance:pipe_node_cache_requests:rate5m{${view.chosen}}) > 0)`,
        ),
      ],
    }),
    stat({
      ...size,
      id: 15,
      title: 'Cache held',
      description: 'What all disk caches together hold.',
      unit: 'bytes',
      queries: [latest(`sum(pipe_node_cache_size_bytes{${view.chosen}, tier="disk"})`)],
    }),
  ];
}

function traffic(view: View): Panel[] {
  const size = { width: 12, height: 9, min: 0 };
  return [
    graph({
      ...size,
      id: 20,
      title: 'Sent, by region',
      description: 'What all hosts of each region send together.',
      unit: 'bps',
      stacked: true,
      queries: [line(`sum by (${view.peers}) (${SENT}{${view.chosen}}) * 8`, `{{${view.peers}}}`)],
    }),
    graph({
      ...size,
      id: 21,
      title: 'Hit ratio, by region',
      description: 'Hits by requests of all disk caches of each region.',
      unit: 'percentunit',
      max: 1,
      noValue: 'no requests',
      queries: [
        line(
          `sum by (${view.peers}) (instance:pipe_node_cache_hits:rate5m{${view.chosen}}) / (sum by (${view.peers}) (instance:pipe_node_cache_requests:rate5m{${view.chosen}}) > 0)`,
          `{{${view.peers}}}`,
        ),
      ],
    }),
  ];
}

function shares(view: View): Panel[] {
  const size = { width: 6, height: 9, unit: 'bps' };
  const sent = `max by (instance) (${SENT}{${view.chosen}}) * 8`;
  return [
    pie({
      ...size,
      id: 30,
      title: 'By region',
      description: 'What the nodes of each region send now.',
      queries: [latest(`sum by (${view.peers}) (${SENT}{${view.chosen}}) * 8`, `{{${view.peers}}}`)],
    }),
    pie({
      ...size,
      id: 31,
      title: 'By provider',
      description: 'What the nodes of each provider send now, where the inventory has the label provider.',
      queries: [latest(`sum by (provider) (${SENT}{${view.chosen}}) * 8`, '{{provider}}')],
    }),
    pie({
      ...size,
      id: 32,
      title: 'By generation',
      description:
        'What nodes send now, by the generation of node software that was found on them. A node with two counts for both.',
      queries: [
        latest(
          `sum by (generation) (${sent} * on (instance) group_right () (max by (instance, generation) (pipe_node_detected{${view.chosen}}) == 1))`,
          '{{generation}}',
        ),
      ],
    }),
    pie({
      ...size,
      id: 33,
      title: 'By version',
      description: 'What nodes send now, by the version of their software, or by its digest.',
      queries: [
        latest(
          `sum by (generation, version, digest) (${sent} * on (instance) group_right () max by (instance, generation, version, digest) (pipe_node_info{${view.chosenInventory}}))`,
          '{{generation}} {{version}} {{digest}}',
        ),
      ],
    }),
  ];
}

function regions(view: View): Panel {
  const by = (operation: string, series: string): string =>
    `${operation} by (${view.peers}) (${series}{${view.chosen}})`;
  return table({
    id: 40,
    title: 'Each region',
    description: 'One row a region, the most sent first.',
    unit: 'none',
    width: 24,
    height: 9,
    noValue: '–',
    key: view.peers,
    sortBy: 'Sent',
    descending: true,
    queries: [
      columns(by('count', 'up')),
      columns(by('sum', 'probe_success')),
      columns(`${by('sum', SENT)} * 8`),
      columns(`quantile by (${view.peers}) (0.5, ${SENT}{${view.chosen}}) * 8`),
      columns(
        `${by('sum', 'instance:pipe_node_cache_hits:rate5m')} / (${by('sum', 'instance:pipe_node_cache_requests:rate5m')} > 0)`,
      ),
      columns(by('avg', 'instance:pipe_node_up:avg1d')),
    ],
    columns: [
      { field: view.peers, title: 'Region' },
      { field: 'Value #A', title: 'Nodes' },
      { field: 'Value #B', title: 'Up' },
      { field: 'Value #C', title: 'Sent', unit: 'bps' },
      { field: 'Value #D', title: 'A middling node', unit: 'bps' },
      { field: 'Value #E', title: 'Hit ratio', unit: 'percentunit', decimals: 1 },
      {
        field: 'Value #F',
        title: 'Up, 24 h',
        unit: 'percentunit',
        decimals: 2,
        thresholds: AVAILABILITY,
        cell: 'text',
      },
    ],
  });
}
