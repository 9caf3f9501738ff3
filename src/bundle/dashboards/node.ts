import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardJson } from './dashboard.js';
import { nodeEvents } from './events.js';
import { hostPanels } from './node-host.js';
import { softwarePanels } from './node-software.js';
import { AVAILABILITY, bounds, NODE_STATE, words, YES_NO } from './looks.js';
import { graph, stat, timeline } from './panels.js';
import { columns, latest, line, nodeState } from './queries.js';
import { table } from './table-panel.js';
import { nodeVariables } from './variables.js';
import type { View } from './view.js';

/** One node from the outside in: can it be reached, does its software work, how is its host. */
export function nodeDashboard(view: View): string {
  return dashboardJson({
    uid: 'pipefleet-node',
    title: 'Pipe / Node',
    description: 'One Pipe node: whether it can be reached, what its software says, how its host is.',
    variables: nodeVariables(view),
    alerts: view.node,
    events: nodeEvents(view),
    sections: [
      { id: 1, title: 'Now', panels: now(view) },
      { id: 2, title: 'Reachability', panels: reachability(view) },
      ...softwarePanels(view),
      ...hostPanels(view),
    ],
  });
}

function now(view: View): Panel[] {
  const size = { width: 3, height: 4 };
  return [
    stat({
      ...size,
      id: 10,
      title: 'State',
      description: 'Whether the last probe succeeded.',
      unit: 'none',
      mapping: NODE_STATE,
      queries: [latest(nodeState(view.node))],
    }),
    stat({
      ...size,
      id: 11,
      title: 'Available, 24 h',
      description: 'Share of the probes of the past 24 hours that succeeded.',
      unit: 'percentunit',
      decimals: 2,
      thresholds: AVAILABILITY,
      queries: [latest(`instance:probe_success:avg1d{${view.node}}`)],
    }),
    stat({
      ...size,
      id: 12,
      title: 'Registered',
      description:
        'Whether the node says that the network knows its identity. Without it there is no traffic.',
      unit: 'none',
      mapping: YES_NO,
      queries: [latest(`pipe_node_registered{${view.node}}`)],
    }),
    stat({
      ...size,
      id: 13,
      title: 'Rewards',
      description: 'Whether the node says that it is to be paid.',
      unit: 'none',
      mapping: words({ '1': ['Enabled', 'green'], '0': ['Disabled', 'orange'] }),
      queries: [latest(`pipe_node_rewards_enabled{${view.node}}`)],
    }),
    stat({
      ...size,
      id: 14,
      title: 'TLS port',
      description:
        'The port that the software really listens on, and the expected one. It takes another when its own is in use.',
      unit: 'none',
      queries: [
        latest(`pipe_node_server_port{${view.node}}`, 'is'),
        latest(`pipe_node_server_port_expected{${view.node}}`, 'expected'),
      ],
    }),
    stat({
      ...size,
      id: 15,
      title: 'Software runs for',
      description: 'Time since the node software was started, as it says itself.',
      unit: 's',
      decimals: 1,
      queries: [latest(`pipe_node_uptime_seconds{${view.node}}`)],
    }),
    stat({
      ...size,
      id: 16,
      title: 'Host runs for',
      description: 'Time since the host booted, by its own clock.',
      unit: 's',
      decimals: 1,
      queries: [latest(`node_time_seconds{${view.node}} - node_boot_time_seconds{${view.node}}`)],
    }),
    stat({
      ...size,
      id: 17,
      title: 'Clock off by',
      description:
        'How far the clock of the host is ahead (+) or behind (-). The duration of a probe is the error of this figure.',
      unit: 's',
      decimals: 1,
      thresholds: bounds('red', [-5, 'green'], [5, 'red']),
      queries: [latest(`node_time_seconds{${view.node}} - timestamp(node_time_seconds{${view.node}})`)],
    }),
    table({
      id: 18,
      title: 'Identity',
      description: 'What the inventory says of the node, and its name and system as it says itself.',
      unit: 'none',
      width: 24,
      height: 4,
      noValue: '–',
      key: 'instance',
      sortBy: 'Node',
      queries: [
        columns(`max by (instance, group, ${view.peers}, provider, simulated) (up{${view.node}})`),
        columns(
          `max by (instance, generation, pop_id, pop_name, pop_location) (pipe_node_identity_info{${view.node}})`,
        ),
        columns(`max by (instance, nodename, release, machine) (node_uname_info{${view.node}})`),
      ],
      columns: [
        { field: 'instance', title: 'Node' },
        { field: 'group', title: 'Group' },
        { field: view.peers, title: 'Region' },
        { field: 'provider', title: 'Provider' },
        {
          field: 'simulated',
          title: 'Simulated',
          mapping: words({ true: ['simulated', 'purple'] }),
          cell: 'text',
        },
        { field: 'generation', title: 'Generation' },
        { field: 'pop_id', title: 'PoP id' },
        { field: 'pop_name', title: 'PoP name' },
        { field: 'pop_location', title: 'PoP location' },
        { field: 'nodename', title: 'Host name' },
        { field: 'release', title: 'Kernel' },
        { field: 'machine', title: 'Machine' },
      ],
    }),
  ];
}

function reachability(view: View): Panel[] {
  return [
    timeline({
      id: 20,
      title: 'State over time',
      description: 'When the node answered its probes.',
      unit: 'none',
      width: 12,
      height: 6,
      mapping: NODE_STATE,
      queries: [line(`max by (instance) (${nodeState(view.node)})`, '{{instance}}')],
    }),
    timeline({
      id: 21,
      title: 'Why probes failed',
      description:
        'The reasons that occurred in the time range, and when. The runbook of PipeNodeDown explains each.',
      unit: 'none',
      width: 12,
      height: 6,
      noValue: 'No probe failed.',
      mapping: words({ '1': ['failed', 'red'], '0': ['no', 'text'] }),
      queries: [
        line(
          `max by (reason) (probe_failure_reason{${view.node}, reason!="none"}) and on (reason) (max by (reason) (max_over_time(probe_failure_reason{${view.node}}[$__range] @ end())) == 1)`,
          '{{reason}}',
        ),
      ],
    }),
    graph({
      id: 22,
      title: 'Probe phases',
      description:
        'Where the time of a probe went. On a connection that is kept open only the command itself takes time.',
      unit: 's',
      width: 12,
      height: 8,
      min: 0,
      stacked: true,
      queries: [line(`max by (phase) (probe_phase_duration_seconds{${view.node}})`, '{{phase}}')],
    }),
    timeline({
      id: 23,
      title: 'Collectors',
      description: 'Which parts of the output could be read. All fail while the node is down.',
      unit: 'none',
      width: 12,
      height: 8,
      mapping: words({ '1': ['read', 'green'], '0': ['failed', 'red'] }),
      queries: [line(`max by (collector) (probe_collector_success{${view.node}})`, '{{collector}}')],
    }),
  ];
}
