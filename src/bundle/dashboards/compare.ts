import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARD_UIDS } from '../dashboard-uids.js';
import { dashboardJson } from './dashboard.js';
import { nodeEvents } from './events.js';
import { AVAILABILITY, bounds, FILL } from './looks.js';
import { graph, stat } from './panels.js';
import { columns, latest, line } from './queries.js';
import { table } from './table-panel.js';
import { nodeVariables } from './variables.js';
import type { View } from './view.js';

/** One node against its region, the fleet, its own past and its other versions: is it me, or everybody? */
export function compareDashboard(view: View): string {
  return dashboardJson({
    uid: DASHBOARD_UIDS.compare,
    title: 'Pipe / Compare',
    description: 'One node against its region, the whole fleet and its own past: is it me, or everybody?',
    variables: nodeVariables(view),
    alerts: view.node,
    events: nodeEvents(view),
    from: 'now-2d',
    sections: [
      { id: 1, title: 'This node', panels: now(view) },
      { id: 2, title: 'Against others', panels: others(view) },
      { id: 3, title: 'Against its own past', panels: past(view) },
      { id: 4, title: 'Against other versions', panels: versions(view) },
      { id: 5, title: 'Its region', panels: [region(view)] },
    ],
  });
}

/** Series of the region of the chosen node: everything of it, tied by the label. */
function ofRegion(view: View, series: string): string {
  return `${series}{job=~"$job"} and on (${view.peers}) group by (${view.peers}) (up{${view.node}})`;
}

function now(view: View): Panel[] {
  const size = { width: 6, height: 4 };
  const share = bounds('red', [0.4, 'orange'], [0.7, 'green']);
  return [
    stat({
      ...size,
      id: 10,
      title: 'Traffic by its own day',
      description: 'What the node sends now, as a share of the median of its past 24 hours.',
      unit: 'percentunit',
      decimals: 0,
      noValue: 'less than a day known',
      thresholds: share,
      queries: [latest(`instance:node_network_transmit_bytes_per_day:ratio{${view.node}}`)],
    }),
    stat({
      ...size,
      id: 11,
      title: 'The same, by its peers',
      description:
        'That share divided by the one of the middling peer: 100 % means that whatever happens happens to everybody. It needs four nodes.',
      unit: 'percentunit',
      decimals: 0,
      noValue: 'too few peers',
      thresholds: share,
      queries: [latest(`instance:node_network_transmit_bytes_per_peers:ratio{${view.node}}`)],
    }),
    stat({
      ...size,
      id: 12,
      title: 'Hit ratio against its day and peers',
      description:
        'By how much the hit ratio differs from the median of its day, less what the middling peer differs. Negative is worse.',
      unit: 'percentunit',
      decimals: 1,
      noValue: 'too few peers',
      thresholds: bounds('red', [-0.15, 'orange'], [-0.05, 'green']),
      queries: [latest(`instance:pipe_node_cache_hits_per_requests_less_peers:difference{${view.node}}`)],
    }),
    stat({
      ...size,
      id: 13,
      title: 'Place in its region',
      description:
        'Its place among the nodes of its region by what they sent in 24 hours, 1 being the most, and how many there are.',
      unit: 'none',
      queries: [
        latest(
          `(count((${ofRegion(view, 'instance:node_network_transmit_bytes:avg1d')}) > on () group_left () max(instance:node_network_transmit_bytes:avg1d{${view.node}})) or vector(0)) + 1`,
          'place',
        ),
        latest(`count(${ofRegion(view, 'instance:node_network_transmit_bytes:avg1d')})`, 'of'),
      ],
    }),
  ];
}

function others(view: View): Panel[] {
  const size = { width: 8, height: 9, min: 0 };
  const lines = (series: string, factor = '') => [
    line(`max by (instance) (${series}{${view.node}})${factor}`, '{{instance}}'),
    line(`quantile(0.5, ${ofRegion(view, series)})${factor}`, 'median of its region'),
    line(`quantile(0.5, ${series}{job=~"$job"})${factor}`, 'median of the fleet'),
  ];
  return [
    graph({
      ...size,
      id: 20,
      title: 'Sent',
      description: 'What the node sends, and what the middling node of its region and of the fleet sends.',
      unit: 'bps',
      queries: lines('instance:node_network_transmit_bytes:rate5m', ' * 8'),
    }),
    graph({
      ...size,
      id: 21,
      title: 'Cache hit ratio',
      description: 'Its hit ratio, and that of the middling node of its region and of the fleet.',
      unit: 'percentunit',
      max: 1,
      noValue: 'no requests',
      queries: lines('instance:pipe_node_cache_hits_per_requests:ratio_rate5m'),
    }),
    graph({
      ...size,
      id: 22,
      title: 'Processor',
      description:
        'Share of CPU time that did work, and that of the middling node of its region and of the fleet.',
      unit: 'percentunit',
      max: 1,
      queries: lines('instance:node_cpu_utilisation:ratio_rate5m'),
    }),
  ];
}

function past(view: View): Panel[] {
  const size = { width: 8, height: 9, min: 0 };
  const perPeers = 'instance:node_network_transmit_bytes_per_peers';
  return [
    graph({
      ...size,
      id: 30,
      title: 'Traffic against what is usual',
      description:
        'The share of its usual traffic by that of its peers, and the band in which it commonly lies: the median of a day and four deviations to each side. Below the band for 20 minutes PipeNodeTrafficDrop fires.',
      unit: 'percentunit',
      noValue: 'too few peers, or less than a day known',
      queries: [
        line(`max by (instance) (${perPeers}:ratio{${view.node}})`, '{{instance}}'),
        line(
          `max(${perPeers}:median1d{${view.node}}) + 4 * 1.4826 * max(${perPeers}:mad1d{${view.node}})`,
          'upper edge',
        ),
        line(
          `clamp_min(max(${perPeers}:median1d{${view.node}}) - 4 * 1.4826 * max(${perPeers}:mad1d{${view.node}}), 0)`,
          'lower edge',
        ),
      ],
    }),
    graph({
      ...size,
      id: 31,
      title: 'Sent, a week ago',
      description:
        'What the node sends now, and what it sent a week before, at the same hour of the same day.',
      unit: 'bps',
      queries: [
        line(`max(instance:node_network_transmit_bytes:rate5m{${view.node}}) * 8`, 'now'),
        line(`max(instance:node_network_transmit_bytes:rate5m{${view.node}} offset 7d) * 8`, 'a week ago'),
      ],
    }),
    graph({
      ...size,
      id: 32,
      title: 'Cache hit ratio, a week ago',
      description: 'The hit ratio now, and the one of a week before, at the same hour of the same day.',
      unit: 'percentunit',
      max: 1,
      noValue: 'no requests',
      queries: [
        line(`max(instance:pipe_node_cache_hits_per_requests:ratio_rate5m{${view.node}})`, 'now'),
        line(
          `max(instance:pipe_node_cache_hits_per_requests:ratio_rate5m{${view.node}} offset 7d)`,
          'a week ago',
        ),
      ],
    }),
  ];
}

function versions(view: View): Panel[] {
  const size = { width: 12, height: 9, min: 0 };
  const build = 'instance, generation, version, digest';
  const byBuild = (series: string, nodes: string, inventory: string): string =>
    `max by (instance) (${series}{${nodes}}) * on (instance) group_right () max by (${build}) (pipe_node_info{${inventory}})`;
  const legend = '{{generation}} {{version}} {{digest}}';
  return [
    graph({
      ...size,
      id: 40,
      title: 'Sent by this node, by version',
      description:
        'The line changes its colour where the node changed its program: before and after an update. Programs without a safe way to ask for a version are told apart by a digest.',
      unit: 'bps',
      queries: [
        line(
          `${byBuild('instance:node_network_transmit_bytes:rate5m', view.node, view.nodeInventory)} * 8`,
          legend,
        ),
      ],
    }),
    graph({
      ...size,
      id: 41,
      title: 'Sent by a node, by version over the fleet',
      description:
        'What the middling node of each version sends: whether an update made a difference to all.',
      unit: 'bps',
      queries: [
        line(
          `quantile by (generation, version, digest) (0.5, ${byBuild('instance:node_network_transmit_bytes:rate5m', 'job=~"$job"', view.scope.inventory)}) * 8`,
          legend,
        ),
      ],
    }),
  ];
}

function region(view: View): Panel {
  const perNode = (series: string): string => `max by (instance) (${ofRegion(view, series)})`;
  return table({
    id: 50,
    title: 'Nodes of the same region',
    description: 'One row a node of the region, the most sent in 24 hours first.',
    unit: 'none',
    width: 24,
    height: 10,
    noValue: '–',
    key: 'instance',
    sortBy: 'Sent, mean of 24 h',
    descending: true,
    queries: [
      columns(`${perNode('instance:node_network_transmit_bytes:avg1d')} * 8`),
      columns(
        `max by (instance) (instance:node_network_transmit_bytes:avg1d{job=~"$job"} / on (job, ${view.peers}) group_left () job_peers:node_network_transmit_bytes:median_avg1d and on (${view.peers}) group by (${view.peers}) (up{${view.node}}))`,
      ),
      columns(perNode('instance:pipe_node_cache_hits_per_requests:ratio_rate5m')),
      columns(perNode('instance:node_cpu_utilisation:ratio_rate5m')),
      columns(perNode('instance:pipe_node_up:avg1d')),
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
      { field: 'Value #A', title: 'Sent, mean of 24 h', unit: 'bps' },
      { field: 'Value #B', title: 'Of the median', unit: 'percentunit', decimals: 0 },
      { field: 'Value #C', title: 'Hit ratio', unit: 'percentunit', decimals: 1 },
      { field: 'Value #D', title: 'CPU', unit: 'percentunit', decimals: 0, thresholds: FILL, cell: 'gauge' },
      {
        field: 'Value #E',
        title: 'Up, 24 h',
        unit: 'percentunit',
        decimals: 2,
        thresholds: AVAILABILITY,
        cell: 'text',
      },
    ],
  });
}
