import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardJson } from './dashboard.js';
import { AVAILABILITY, bounds, FILL, NODE_STATE, TIME_LEFT, words, YES_NO } from './looks.js';
import { map } from './map-panel.js';
import { graph, ranking, stat, timeline } from './panels.js';
import { columns, firingCount, latest, line, nodeState, trend } from './queries.js';
import { table } from './table-panel.js';
import { fleetVariables } from './variables.js';
import type { View } from './view.js';

/** All nodes: what is wrong, where, and how much they carry. */
export function fleetDashboard(view: View): string {
  return dashboardJson({
    uid: 'pipefleet-fleet',
    title: 'Pipe / Fleet',
    description: 'All Pipe nodes: which are up, what is wrong with the others, how much they carry.',
    variables: fleetVariables(view),
    // Of all nodes: the alarms about the fleet and the exporter have no instance, and could not be chosen by it.
    alerts: 'alertname=~"Pipe.+"',
    sections: [
      { id: 1, title: 'Now', panels: now(view) },
      { id: 2, title: 'Nodes', panels: [nodes(view), states(view)] },
      { id: 3, title: 'Worst', panels: worst(view) },
      { id: 4, title: 'Map', panels: places(view) },
      { id: 5, title: 'Traffic and cache', panels: traffic(view) },
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
      description: 'Nodes that answered their last probe, and all nodes that the exporter lists.',
      unit: 'none',
      queries: [
        latest(`sum(probe_success{${view.chosen}}) or 0 * count(up{${view.chosen}})`, 'up'),
        latest(`count(up{${view.chosen}})`, 'all'),
      ],
    }),
    stat({
      ...size,
      id: 11,
      title: 'Nodes not up',
      description: 'Nodes whose last probe failed, and nodes about which Prometheus got no answer at all.',
      unit: 'none',
      thresholds: bounds('green', [1, 'red']),
      queries: [latest(`count(up{${view.chosen}}) - (sum(probe_success{${view.chosen}}) or vector(0))`)],
    }),
    stat({
      ...size,
      id: 12,
      title: 'Firing alerts',
      description:
        'Alerts of severity critical and warning that fire now, of all nodes and of the exporter itself.',
      unit: 'none',
      noValue: 'no rules run',
      thresholds: bounds('green', [1, 'orange']),
      queries: [latest(firingCount('critical'), 'critical'), latest(firingCount('warning'), 'warning')],
    }),
    stat({
      ...size,
      id: 13,
      title: 'Cache hit ratio',
      description:
        'Share of requests to the disk caches that were hits, over five minutes. Busy nodes weigh more.',
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
      id: 14,
      title: 'Sent now',
      description:
        'What all hosts together send, over five minutes: everything that leaves them, not the cache alone.',
      unit: 'bps',
      queries: [latest(`sum(instance:node_network_transmit_bytes:rate5m{${view.chosen}}) * 8`)],
    }),
    stat({
      ...size,
      id: 15,
      title: 'Available, 24 h',
      description:
        'Share of probes that succeeded in the past 24 hours: the mean over the nodes, in which each weighs the same.',
      unit: 'percentunit',
      decimals: 2,
      thresholds: AVAILABILITY,
      queries: [latest(`avg(instance:probe_success:avg1d{${view.chosen}})`)],
    }),
  ];
}

function nodes(view: View): Panel {
  const perNode = (metric: string): string => `max by (instance) (${metric}{${view.chosen}})`;
  const share = { unit: 'percentunit', decimals: 0, thresholds: FILL, cell: 'gauge' } as const;
  const uptime = { unit: 'percentunit', decimals: 2, thresholds: AVAILABILITY, cell: 'text' } as const;
  return table({
    id: 20,
    title: 'All nodes',
    description:
      'One row a node, the worst first. "Not scraped": Prometheus got no answer from the exporter about it. "Of usual": what it sends by its own day and its peers. "Full in": its first disk, at the pace of a day. An empty cell: the node did not state the value.',
    unit: 'short',
    width: 24,
    height: 12,
    noValue: '–',
    key: 'instance',
    sortBy: 'State',
    trends: ['L'],
    queries: [
      columns(`max by (instance, group, ${view.peers}, simulated) (${nodeState(view.chosen)})`),
      columns(`max by (instance, reason) (probe_failure_reason{${view.chosen}} == 1)`),
      columns(perNode('instance:probe_success:avg1d')),
      columns(perNode('pipe_node_registered')),
      columns(perNode('instance:pipe_node_cache_hits_per_requests:ratio_rate5m')),
      columns(`${perNode('instance:node_network_transmit_bytes:rate5m')} * 8`),
      columns(`${perNode('instance:node_network_receive_bytes:rate5m')} * 8`),
      columns(perNode('instance:node_cpu_utilisation:ratio_rate5m')),
      columns(perNode('instance:node_memory_utilisation:ratio')),
      columns(perNode('instance:node_filesystem_used:max_ratio')),
      columns(perNode('instance:node_load5_per_cpu:ratio')),
      trend(`${perNode('instance:node_network_transmit_bytes:rate5m')} * 8`),
      columns(perNode('instance:pipe_node_up:avg30d')),
      columns(perNode('instance:node_network_transmit_bytes_per_peers:ratio')),
      columns(
        `min by (instance) (instance_mountpoint:node_filesystem_full:predicted_seconds{${view.chosen}})`,
      ),
      columns(`max by (instance, version) (pipe_node_info{${view.chosenInventory}, version!=""})`),
      columns(`${perNode('node_time_seconds')} - ${perNode('node_boot_time_seconds')}`),
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
      {
        field: 'simulated',
        title: 'Simulated',
        mapping: words({ true: ['simulated', 'purple'] }),
        cell: 'text',
      },
      { field: 'Value #A', title: 'State', mapping: NODE_STATE, cell: 'background' },
      { field: 'reason', title: 'Reason', mapping: words({ none: ['–', 'text'] }) },
      { field: view.peers, title: 'Region' },
      { field: 'Value #F', title: 'Sent', unit: 'bps' },
      { field: 'Trend #L', title: 'Over time', unit: 'bps', cell: 'sparkline', width: 120 },
      {
        field: 'Value #N',
        title: 'Of usual',
        unit: 'percentunit',
        decimals: 0,
        thresholds: bounds('orange', [0.4, 'text']),
        cell: 'text',
      },
      { field: 'Value #E', title: 'Hits', unit: 'percentunit', decimals: 1 },
      { field: 'Value #H', title: 'CPU', ...share },
      { field: 'Value #I', title: 'Memory', ...share },
      { field: 'Value #J', title: 'Disk', ...share },
      {
        field: 'Value #O',
        title: 'Full in',
        unit: 's',
        decimals: 0,
        thresholds: TIME_LEFT,
        cell: 'text',
      },
      { field: 'Value #C', title: 'Up, 24 h', ...uptime },
      { field: 'Value #M', title: 'Up, 30 d', ...uptime },
      { field: 'Value #D', title: 'Registered', mapping: YES_NO, cell: 'text' },
      { field: 'version', title: 'Version' },
      { field: 'Value #Q', title: 'Host up', unit: 's', decimals: 0 },
      {
        field: 'Value #K',
        title: 'Load a CPU',
        decimals: 2,
        thresholds: bounds('green', [1, 'yellow'], [2, 'red']),
        cell: 'text',
      },
      { field: 'Value #G', title: 'Received', unit: 'bps' },
      { field: 'group', title: 'Group' },
    ],
  });
}

/** Grafana keeps the order of the queries: the nodes that failed most come first. */
function states(view: View): Panel {
  const availability = `avg by (instance) (avg_over_time(probe_success{${view.chosen}}[$__range] @ end()))`;
  const state = `max by (instance) (${nodeState(view.chosen)})`;
  return timeline({
    id: 21,
    title: 'State over time',
    description:
      'When each node was up. Nodes that were down for a tenth of the time come first, then the other ones with failures.',
    unit: 'none',
    width: 24,
    height: 12,
    mapping: NODE_STATE,
    queries: [
      line(`${state} unless on (instance) (${availability} >= 0.9)`, '{{instance}}'),
      line(`${state} and on (instance) (${availability} >= 0.9 < 1)`, '{{instance}}'),
      line(`${state} and on (instance) (${availability} == 1)`, '{{instance}}'),
    ],
  });
}

function worst(view: View): Panel[] {
  const size = { width: 6, height: 9, unit: 'percentunit', min: 0, max: 1 };
  return [
    ranking({
      ...size,
      id: 30,
      title: 'Least available, 24 h',
      description: 'The ten nodes with the smallest share of successful probes in the past 24 hours.',
      decimals: 2,
      thresholds: AVAILABILITY,
      queries: [
        latest(
          `bottomk(10, max by (instance) (instance:probe_success:avg1d{${view.chosen}}))`,
          '{{instance}}',
        ),
      ],
    }),
    ranking({
      ...size,
      id: 31,
      title: 'Lowest cache hit ratio',
      description:
        'The ten nodes with requests whose disk cache had the smallest share of hits, over five minutes.',
      noValue: 'no requests',
      thresholds: bounds('orange', [0.5, 'yellow'], [0.8, 'green']),
      queries: [
        latest(
          `bottomk(10, max by (instance) (instance:pipe_node_cache_hits_per_requests:ratio_rate5m{${view.chosen}}))`,
          '{{instance}}',
        ),
      ],
    }),
    ranking({
      ...size,
      id: 32,
      title: 'Fullest file systems',
      description: 'The ten file systems with the largest used share of what ordinary programs may use.',
      thresholds: FILL,
      queries: [
        latest(
          `topk(10, max by (instance, mountpoint) (instance_mountpoint:node_filesystem_used:ratio{${view.chosen}}))`,
          '{{instance}} {{mountpoint}}',
        ),
      ],
    }),
    ranking({
      ...size,
      id: 33,
      title: 'Most memory in use',
      description: 'The ten nodes with the largest share of memory in use, caches not counted.',
      thresholds: FILL,
      queries: [
        latest(
          `topk(10, max by (instance) (instance:node_memory_utilisation:ratio{${view.chosen}}))`,
          '{{instance}}',
        ),
      ],
    }),
  ];
}

function places(view: View): Panel[] {
  const located = `max by (instance, group, latitude, longitude) (pipe_node_location_info{${view.chosen}} * on (job, instance) group_left () max by (job, instance) (probe_success{${view.chosen}}))`;
  return [
    map({
      id: 40,
      title: 'Where the nodes are',
      description:
        'Nodes whose place the inventory gives; the colour is their state. Your browser fetches the map itself from the internet, the table beside it needs nothing.',
      unit: 'none',
      width: 16,
      height: 12,
      mapping: NODE_STATE,
      thresholds: bounds('red', [1, 'green']),
      queries: [columns(located)],
    }),
    table({
      id: 41,
      title: 'Places',
      description: 'The same nodes as on the map.',
      unit: 'none',
      width: 8,
      height: 12,
      key: 'instance',
      sortBy: 'State',
      queries: [columns(located)],
      columns: [
        { field: 'instance', title: 'Node' },
        { field: 'group', title: 'Group' },
        { field: 'latitude', title: 'Latitude' },
        { field: 'longitude', title: 'Longitude' },
        { field: 'Value', title: 'State', mapping: NODE_STATE, cell: 'background' },
      ],
    }),
  ];
}

function traffic(view: View): Panel[] {
  const size = { width: 12, height: 8 };
  return [
    graph({
      ...size,
      id: 50,
      title: 'Sent, by node',
      description: 'What each host sends: everything that leaves it, not the cache alone.',
      unit: 'bps',
      min: 0,
      stacked: true,
      queries: [
        line(
          `max by (instance) (instance:node_network_transmit_bytes:rate5m{${view.chosen}}) * 8`,
          '{{instance}}',
        ),
      ],
    }),
    graph({
      ...size,
      id: 51,
      title: 'Received, by node',
      description: 'What each host receives: everything that arrives, from origins and clients.',
      unit: 'bps',
      min: 0,
      stacked: true,
      queries: [
        line(
          `max by (instance) (instance:node_network_receive_bytes:rate5m{${view.chosen}}) * 8`,
          '{{instance}}',
        ),
      ],
    }),
    graph({
      ...size,
      id: 52,
      title: 'Cache requests, by node',
      description: 'Requests to the disk cache of each node, hits and misses together.',
      unit: 'reqps',
      min: 0,
      stacked: true,
      queries: [
        line(`max by (instance) (instance:pipe_node_cache_requests:rate5m{${view.chosen}})`, '{{instance}}'),
      ],
    }),
    graph({
      ...size,
      id: 53,
      title: 'Cache hit ratio, by node',
      description:
        'Share of hits among the requests to the disk cache. There is no line while nobody asks for anything.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      noValue: 'no requests',
      queries: [
        line(
          `max by (instance) (instance:pipe_node_cache_hits_per_requests:ratio_rate5m{${view.chosen}})`,
          '{{instance}}',
        ),
      ],
    }),
  ];
}
