import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARD_UIDS } from '../dashboard-uids.js';
import { dashboardJson } from './dashboard.js';
import { bounds, SEVERITY, TIME_LEFT, YES_NO } from './looks.js';
import { graph, stat } from './panels.js';
import { columns, latest, line } from './queries.js';
import { table } from './table-panel.js';
import { fleetVariables } from './variables.js';
import type { View } from './view.js';

/** Can somebody get in, and is the identity safe. */
export function securityDashboard(view: View): string {
  return dashboardJson({
    uid: DASHBOARD_UIDS.security,
    title: 'Pipe / Security',
    description:
      'Checks of the security of nodes, their identities and backups, certificates, and the gates of their keys.',
    variables: fleetVariables(view),
    alerts: 'alertname=~"Pipe.+"',
    from: 'now-7d',
    sections: [
      { id: 1, title: 'Now', panels: now(view) },
      { id: 2, title: 'Checks', panels: checks(view) },
      { id: 3, title: 'Identity, certificate and gate of each node', panels: [nodes(view)] },
    ],
  });
}

function now(view: View): Panel[] {
  const size = { width: 6, height: 4, unit: 'none' };
  const failed = (severity: string): string =>
    `count(group by (instance) (pipe_audit_check{${view.chosenAudit}, severity="${severity}"} == 0)) or 0 * count(pipe_audit_check{${view.chosenAudit}})`;
  return [
    stat({
      ...size,
      id: 10,
      title: 'Nodes that fail a critical check',
      description: 'Somebody could get in, become root or take the identity of the node.',
      thresholds: bounds('green', [1, 'red']),
      queries: [latest(failed('critical'))],
    }),
    stat({
      ...size,
      id: 11,
      title: 'Nodes with a warning',
      description: 'Nodes that fail a check of severity warning: a second fault away from trouble.',
      thresholds: bounds('green', [1, 'orange']),
      queries: [latest(failed('warning'))],
    }),
    stat({
      ...size,
      id: 12,
      title: 'Not audited',
      description: 'Nodes of which no check is known: the job of the audit is missing, or its probes fail.',
      thresholds: bounds('green', [1, 'orange']),
      queries: [
        latest(
          `count(group by (instance) (up{${view.chosen}}) unless group by (instance) (pipe_audit_check{${view.chosenAudit}})) or 0 * count(up{${view.chosen}})`,
        ),
      ],
    }),
    stat({
      ...size,
      id: 13,
      title: 'Identities without a backup',
      description: 'Nodes that have an identity and no record of a backup of it.',
      thresholds: bounds('green', [1, 'orange']),
      queries: [
        latest(
          `count(group by (instance) (pipe_node_identity_files{${view.chosenInventory}} > 0) unless group by (instance) (pipe_node_backup_timestamp_seconds{${view.chosenInventory}})) or 0 * count(pipe_node_identity_files{${view.chosenInventory}})`,
        ),
      ],
    }),
  ];
}

function checks(view: View): Panel[] {
  return [
    table({
      id: 20,
      title: 'Checks that fail',
      description:
        'Every check that at least one node fails, and on how many. docs/audit.md says why each matters and how to mend it; pipefleet audit says it for one node.',
      unit: 'none',
      width: 10,
      height: 12,
      noValue: 'No check fails.',
      key: 'check',
      sortBy: 'Nodes',
      descending: true,
      single: true,
      queries: [columns(`count by (check, severity) (pipe_audit_check{${view.chosenAudit}} == 0)`)],
      columns: [
        { field: 'severity', title: 'Severity', mapping: SEVERITY, cell: 'background', width: 100 },
        {
          field: 'check',
          title: 'Check',
          link: {
            title: 'Why, and how to mend it',
            url: 'https://github.com/pipefleet/pipefleet/blob/main/docs/audit.md',
          },
        },
        { field: 'Value', title: 'Nodes' },
      ],
    }),
    table({
      id: 21,
      title: 'Where they fail',
      description: 'One row for each node and check that fails.',
      unit: 'none',
      width: 8,
      height: 12,
      noValue: 'No check fails.',
      key: 'check',
      sortBy: 'Node',
      single: true,
      queries: [columns(`max by (instance, check, severity) (pipe_audit_check{${view.chosenAudit}} == 0)`)],
      columns: [
        { field: 'instance', title: 'Node' },
        { field: 'check', title: 'Check' },
        { field: 'severity', title: 'Severity', mapping: SEVERITY, cell: 'text' },
      ],
    }),
    graph({
      id: 22,
      title: 'Checks over time',
      description: 'Checks that fail over all nodes, by their severity.',
      unit: 'none',
      width: 6,
      height: 12,
      min: 0,
      noValue: 'No check fails.',
      queries: [line(`count by (severity) (pipe_audit_check{${view.chosenAudit}} == 0)`, '{{severity}}')],
    }),
  ];
}

function nodes(view: View): Panel {
  const perNode = (series: string, by = 'max'): string =>
    `${by} by (instance) (${series}{${view.chosenInventory}})`;
  return table({
    id: 30,
    title: 'Each node',
    description: 'An empty cell means that the node does not tell, or has no such thing.',
    unit: 'none',
    width: 24,
    height: 12,
    noValue: '–',
    key: 'instance',
    sortBy: 'Node',
    queries: [
      columns(perNode('pipe_node_identity_files')),
      columns(perNode('pipe_node_identity_file_private', 'min')),
      columns(`${perNode('pipe_node_backup_timestamp_seconds')} * 1000`),
      columns(perNode('pipe_node_tls_active', 'min')),
      columns(`${perNode('pipe_node_tls_certificate_not_after_timestamp_seconds', 'min')} - time()`),
      columns(`max by (instance, version) (pipefleet_gate_info{${view.chosenInventory}})`),
      columns(perNode('pipefleet_gate_current', 'min')),
      columns(`sum by (instance) (pipe_audit_checks{${view.chosenAudit}, result="failed"})`),
      columns(`sum by (instance) (pipe_audit_checks{${view.chosenAudit}, result="unknown"})`),
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
      { field: 'Value #A', title: 'Identities', thresholds: bounds('text', [2, 'red']), cell: 'text' },
      { field: 'Value #B', title: 'Identity closed to others', mapping: YES_NO, cell: 'text' },
      { field: 'Value #C', title: 'Last backup', unit: 'dateTimeFromNow' },
      { field: 'Value #D', title: 'TLS spoken', mapping: YES_NO, cell: 'text' },
      {
        field: 'Value #E',
        title: 'Certificate ends in',
        unit: 's',
        decimals: 0,
        thresholds: TIME_LEFT,
        cell: 'text',
      },
      { field: 'version', title: 'Gate' },
      { field: 'Value #G', title: 'Gate is current', mapping: YES_NO, cell: 'text' },
      { field: 'Value #H', title: 'Checks failed', thresholds: bounds('green', [1, 'orange']), cell: 'text' },
      { field: 'Value #I', title: 'Checks unknown' },
    ],
  });
}
