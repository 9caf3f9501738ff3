import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARD_UIDS } from '../dashboard-uids.js';
import { dashboardJson } from './dashboard.js';
import { bounds, FILL, TIME_LEFT } from './looks.js';
import { graph, ranking, stat } from './panels.js';
import { columns, latest, line } from './queries.js';
import { table } from './table-panel.js';
import { fleetVariables } from './variables.js';
import type { View } from './view.js';

/** When something is full. Forecasts are drawn from the past day: what they say holds while it goes on so. */
export function capacityDashboard(view: View): string {
  return dashboardJson({
    uid: DASHBOARD_UIDS.capacity,
    title: 'Pipe / Capacity',
    description:
      'When disks, memory and links are full. Forecasts go on with the pace of the past day; what a cache takes by design is no growth.',
    variables: fleetVariables(view),
    alerts: 'alertname=~"Pipe.+"',
    from: 'now-2d',
    sections: [
      { id: 1, title: 'Soonest', panels: now(view) },
      { id: 2, title: 'Disks', panels: disks(view) },
      { id: 3, title: 'Network and memory', panels: others(view) },
    ],
  });
}

const FULL = 'instance_mountpoint:node_filesystem_full:predicted_seconds';
const ROOM = 'instance_mountpoint:node_filesystem_room:bytes';

function now(view: View): Panel[] {
  const size = { width: 6, height: 4 };
  return [
    stat({
      ...size,
      id: 10,
      title: 'First disk is full in',
      description: 'Time until the first file system has no room left at the pace of the past day.',
      unit: 's',
      decimals: 1,
      noValue: 'none shrinks',
      thresholds: TIME_LEFT,
      queries: [latest(`min(${FULL}{${view.chosen}})`)],
    }),
    stat({
      ...size,
      id: 11,
      title: 'Caches larger than their disks',
      description: 'Nodes whose cache may still grow by more than its file system has room for.',
      unit: 'none',
      thresholds: bounds('green', [1, 'red']),
      queries: [latest(`count(${ROOM}{${view.chosen}} < 0) or 0 * count(${ROOM}{${view.chosen}})`)],
    }),
    stat({
      ...size,
      id: 12,
      title: 'Least memory left',
      description: 'Share of memory that is available on the node that has the least.',
      unit: 'percentunit',
      decimals: 0,
      thresholds: bounds('red', [0.1, 'yellow'], [0.2, 'green']),
      queries: [latest(`1 - max(instance:node_memory_utilisation:ratio{${view.chosen}})`)],
    }),
    stat({
      ...size,
      id: 13,
      title: 'Busiest link',
      description:
        'What the busiest node sends in its busiest hours (95 of 100 moments of a day are below), as a share of the speed of its link, where the machine knows it.',
      unit: 'percentunit',
      decimals: 0,
      noValue: 'no machine says its speed',
      thresholds: FILL,
      queries: [
        latest(
          `max(instance:node_network_transmit_bytes:p95_1d{${view.chosen}} / instance:node_network_speed_bytes:sum)`,
        ),
      ],
    }),
  ];
}

function disks(view: View): Panel[] {
  const perMount = (series: string): string => `max by (instance, mountpoint) (${series}{${view.chosen}})`;
  return [
    table({
      id: 20,
      title: 'File systems',
      description:
        'The one that is full soonest first. Room is free space less what the cache may still take by design. An empty cell: it does not shrink, or less than a day is known.',
      unit: 'none',
      width: 24,
      height: 10,
      noValue: '–',
      key: 'place',
      sortBy: 'Full in',
      queries: [
        perMount(FULL),
        perMount(ROOM),
        `${perMount('instance_mountpoint:node_filesystem_room:slope1d')} * 86400`,
        perMount('instance_mountpoint:node_filesystem_used:ratio'),
      ].map((expression) => columns(`label_join(${expression}, "place", " ", "instance", "mountpoint")`)),
      columns: [
        { field: 'place', title: 'Node and file system' },
        { field: 'Value #A', title: 'Full in', unit: 's', decimals: 1, thresholds: TIME_LEFT, cell: 'text' },
        {
          field: 'Value #B',
          title: 'Room',
          unit: 'bytes',
          thresholds: bounds('red', [0, 'text']),
          cell: 'text',
        },
        { field: 'Value #C', title: 'A day', unit: 'bytes' },
        {
          field: 'Value #D',
          title: 'Used',
          unit: 'percentunit',
          decimals: 0,
          thresholds: FILL,
          cell: 'gauge',
        },
      ],
    }),
    graph({
      id: 21,
      title: 'Room, the ten that shrink most',
      description:
        'Free space less what the cache may still take, of the file systems that lost the most in a day.',
      unit: 'bytes',
      width: 12,
      height: 9,
      queries: [
        line(
          `${perMount(ROOM)} and on (instance, mountpoint) bottomk(10, ${perMount('instance_mountpoint:node_filesystem_room:slope1d')} < 0)`,
          '{{instance}} {{mountpoint}}',
        ),
      ],
      noValue: 'None shrinks, or less than a day is known.',
    }),
    graph({
      id: 22,
      title: 'Caches, filled',
      description:
        'What each disk cache holds, as a share of what it may hold. A cache is full by design sooner or later.',
      unit: 'percentunit',
      width: 12,
      height: 9,
      min: 0,
      max: 1,
      queries: [
        line(
          `max by (instance) (pipe_node_cache_size_bytes{${view.chosen}, tier="disk"} / (pipe_node_cache_capacity_bytes{${view.chosen}, tier="disk"} > 0))`,
          '{{instance}}',
        ),
      ],
    }),
  ];
}

function others(view: View): Panel[] {
  return [
    ranking({
      id: 30,
      title: 'Links, busiest hours',
      description:
        'What each node sends in its busiest hours (95 of 100 moments of a day are below), as a share of the speed of its link, where the machine knows it.',
      unit: 'percentunit',
      width: 8,
      height: 10,
      min: 0,
      max: 1,
      noValue: 'No machine says its speed.',
      thresholds: FILL,
      queries: [
        latest(
          `topk(10, max by (instance) (instance:node_network_transmit_bytes:p95_1d{${view.chosen}} / instance:node_network_speed_bytes:sum))`,
          '{{instance}}',
        ),
      ],
    }),
    graph({
      id: 31,
      title: 'Sent and busiest hours',
      description:
        'What all nodes together send, and what they send in their busiest hours, each by its own.',
      unit: 'bps',
      width: 8,
      height: 10,
      min: 0,
      queries: [
        line(`sum(instance:node_network_transmit_bytes:rate5m{${view.chosen}}) * 8`, 'sent'),
        line(`sum(instance:node_network_transmit_bytes:p95_1d{${view.chosen}}) * 8`, 'busiest hours'),
      ],
    }),
    table({
      id: 32,
      title: 'Memory',
      description:
        'Memory that is available, and how it changed: over six hours and a day, continued to a day. Negative is a loss.',
      unit: 'none',
      width: 8,
      height: 10,
      noValue: '–',
      key: 'instance',
      sortBy: 'In use',
      descending: true,
      queries: [
        columns(`max by (instance) (instance:node_memory_utilisation:ratio{${view.chosen}})`),
        columns(`max by (instance) (node_memory_MemAvailable_bytes{${view.chosen}})`),
        columns(
          `max by (instance) (instance:node_memory_MemAvailable_bytes:slope6h{${view.chosen}}) * 86400`,
        ),
        columns(
          `max by (instance) (instance:node_memory_MemAvailable_bytes:slope1d{${view.chosen}}) * 86400`,
        ),
      ],
      columns: [
        { field: 'instance', title: 'Node' },
        {
          field: 'Value #A',
          title: 'In use',
          unit: 'percentunit',
          decimals: 0,
          thresholds: FILL,
          cell: 'gauge',
        },
        { field: 'Value #B', title: 'Available', unit: 'bytes' },
        { field: 'Value #C', title: 'A day, by 6 h', unit: 'bytes' },
        { field: 'Value #D', title: 'A day, by 24 h', unit: 'bytes' },
      ],
    }),
  ];
}
