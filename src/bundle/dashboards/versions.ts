import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARD_UIDS } from '../dashboard-uids.js';
import { dashboardJson } from './dashboard.js';
import { BAD_IF_SO, bounds, YES_NO } from './looks.js';
import { pie } from './more-panels.js';
import { graph } from './panels.js';
import { columns, latest, line } from './queries.js';
import { table } from './table-panel.js';
import { fleetVariables } from './variables.js';
import type { View } from './view.js';

/** Who runs what, and who differs from the rest. */
export function versionsDashboard(view: View): string {
  return dashboardJson({
    uid: DASHBOARD_UIDS.versions,
    title: 'Pipe / Versions',
    description:
      'Versions of the node software, settings, kernels and distributions, and who differs from the rest.',
    variables: fleetVariables(view),
    alerts: 'alertname=~"Pipe.+"',
    from: 'now-7d',
    sections: [
      { id: 1, title: 'What runs', panels: shares(view) },
      { id: 2, title: 'Nodes', panels: [nodes(view)] },
      { id: 3, title: 'Drift', panels: drift(view) },
    ],
  });
}

function shares(view: View): Panel[] {
  const size = { width: 8, height: 8, unit: 'none' };
  const nodesBy = (labels: string, series: string): string =>
    `count by (${labels}) (group by (instance, ${labels}) (${series}))`;
  return [
    pie({
      ...size,
      id: 10,
      title: 'Node software',
      description:
        'Nodes by version of the node software. Where it is not safe to ask for a version, builds are told apart by a digest.',
      noValue: 'No program was found.',
      queries: [
        latest(
          nodesBy('generation, version, digest', `pipe_node_info{${view.chosenInventory}}`),
          '{{generation}} {{version}} {{digest}}',
        ),
      ],
    }),
    pie({
      ...size,
      id: 11,
      title: 'Distributions',
      description: 'Nodes by distribution, as it calls itself.',
      queries: [latest(nodesBy('pretty_name', `node_os_info{${view.chosen}}`), '{{pretty_name}}')],
    }),
    pie({
      ...size,
      id: 12,
      title: 'Kernels',
      description: 'Nodes by release of the kernel that runs.',
      queries: [latest(nodesBy('release', `node_uname_info{${view.chosen}}`), '{{release}}')],
    }),
  ];
}

function nodes(view: View): Panel {
  const perNode = (series: string): string => `max by (instance) (${series}{${view.chosenInventory}})`;
  return table({
    id: 20,
    title: 'Versions and settings of each node',
    description:
      'One row a node. Settings with the same digest are the same but for secrets, names and places. An empty cell means that the node does not tell.',
    unit: 'none',
    width: 24,
    height: 12,
    noValue: '–',
    key: 'instance',
    sortBy: 'Node',
    queries: [
      columns(`max by (instance, generation, version, digest) (pipe_node_info{${view.chosenInventory}})`),
      columns(`${perNode('pipe_node_binary_modified_timestamp_seconds')} * 1000`),
      columns(
        `label_replace(max by (instance, digest) (pipe_node_config_info{${view.chosenInventory}}), "settings", "$1", "digest", "(.*)")`,
      ),
      columns(perNode('pipe_node_libc_sufficient')),
      columns(perNode('node_reboot_required')),
      columns(perNode('pipe_node_security_updates_pending')),
      columns(`count by (instance) (pipe_node_sysctl_recommended{${view.chosenInventory}} == 0)`),
      columns(`max by (instance, release) (node_uname_info{${view.chosen}})`),
    ],
    columns: [
      {
        field: 'instance',
        title: 'Node',
        link: {
          title: 'Compare this node',
          url: '/d/pipefleet-compare?var-instance=${__value.text}&${job:queryparam}&${datasource:queryparam}',
        },
      },
      { field: 'generation', title: 'Generation' },
      { field: 'version', title: 'Version' },
      { field: 'digest', title: 'Build' },
      { field: 'Value #B', title: 'Installed', unit: 'dateTimeFromNow' },
      { field: 'settings', title: 'Settings' },
      { field: 'release', title: 'Kernel' },
      { field: 'Value #D', title: 'System new enough', mapping: YES_NO, cell: 'text' },
      { field: 'Value #E', title: 'Boot needed', mapping: BAD_IF_SO, cell: 'text' },
      {
        field: 'Value #F',
        title: 'Security updates',
        thresholds: bounds('green', [1, 'orange']),
        cell: 'text',
      },
      {
        field: 'Value #G',
        title: 'Untuned settings',
        thresholds: bounds('green', [1, 'yellow']),
        cell: 'text',
      },
    ],
  });
}

function drift(view: View): Panel[] {
  return [
    graph({
      id: 30,
      title: 'Versions over time',
      description: 'Nodes by version of the node software: how an update went through the fleet.',
      unit: 'none',
      width: 12,
      height: 9,
      min: 0,
      stacked: true,
      noValue: 'No program was found.',
      queries: [
        line(
          `count by (generation, version, digest) (group by (instance, generation, version, digest) (pipe_node_info{${view.chosenInventory}}))`,
          '{{generation}} {{version}} {{digest}}',
        ),
      ],
    }),
    graph({
      id: 31,
      title: 'Different settings in a group',
      description: 'How many different settings the nodes of a group have. One means that all are set alike.',
      unit: 'none',
      width: 12,
      height: 9,
      min: 0,
      noValue: 'No settings can be read.',
      queries: [
        line(
          `count by (group, generation) (group by (group, generation, digest) (pipe_node_config_info{${view.chosenInventory}}))`,
          '{{group}} {{generation}}',
        ),
      ],
    }),
  ];
}
