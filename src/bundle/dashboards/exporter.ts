import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARD_UIDS } from '../dashboard-uids.js';
import { dashboardJson } from './dashboard.js';
import { bounds, words, YES_NO } from './looks.js';
import { graph, stat } from './panels.js';
import { columns, latest, line } from './queries.js';
import { table } from './table-panel.js';
import { datasource, job } from './variables.js';
import type { View } from './view.js';

/** Can what is seen elsewhere be trusted: the exporter, its connections, and those who evaluate and send. */
export function exporterDashboard(view: View): string {
  return dashboardJson({
    uid: DASHBOARD_UIDS.exporter,
    title: 'Pipe / Exporter',
    description: 'The exporter, its connections and jump hosts, and whether alerts are evaluated and sent.',
    variables: [datasource(), job(view)],
    alerts: 'alertname=~"Pipefleet.+"',
    sections: [
      { id: 1, title: 'Now', panels: now(view) },
      { id: 2, title: 'Probes', panels: probes(view) },
      { id: 3, title: 'Connections', panels: connections(view) },
      { id: 4, title: 'Jump hosts', panels: [jumps(view)] },
      { id: 5, title: 'The exporter itself', panels: itself(view) },
      { id: 6, title: 'Rules and messages', panels: alerting(view) },
    ],
  });
}

const RUNS = words({ '1': ['Up', 'green'], '0': ['Down', 'red'] });

function now({ scope }: View): Panel[] {
  const size = { width: 4, height: 4 };
  return [
    stat({
      ...size,
      id: 10,
      title: 'Exporter',
      description: 'Whether Prometheus can scrape the exporter itself.',
      unit: 'none',
      mapping: RUNS,
      queries: [latest(`min(up{${scope.exporter}})`)],
    }),
    stat({
      ...size,
      id: 11,
      title: 'Configuration',
      description: 'Whether the exporter could read its configuration when it was last asked to.',
      unit: 'none',
      mapping: words({ '1': ['As written', 'green'], '0': ['Old: see its log', 'red'] }),
      queries: [latest(`min(pipefleet_config_last_reload_successful{${scope.exporter}})`)],
    }),
    stat({
      ...size,
      id: 12,
      title: 'Nodes in the configuration',
      description: 'Nodes that the exporter lists for Prometheus, and how that went.',
      unit: 'none',
      trend: true,
      queries: [line(`max(pipefleet_nodes{${scope.exporter}})`, 'nodes')],
    }),
    stat({
      ...size,
      id: 13,
      title: 'Probes that run',
      description: 'Probes that run at this moment.',
      unit: 'none',
      queries: [latest(`sum(pipefleet_probes_in_flight{${scope.exporter}})`)],
    }),
    stat({
      ...size,
      id: 14,
      title: 'Nodes that wait',
      description: 'Nodes to which the exporter waits to connect again after a failure.',
      unit: 'none',
      thresholds: bounds('green', [1, 'orange']),
      queries: [
        latest(
          `sum(pipefleet_ssh_backoff_nodes{${scope.exporter}}) or 0 * sum(pipefleet_nodes{${scope.exporter}})`,
        ),
      ],
    }),
    stat({
      ...size,
      id: 15,
      title: 'Version',
      description: 'Version of pipefleet that runs.',
      unit: 'none',
      label: 'version',
      queries: [latest(`group by (version) (pipefleet_build_info{${scope.exporter}})`, '{{version}}')],
    }),
  ];
}

function probes({ scope }: View): Panel[] {
  const size = { width: 8, height: 8, min: 0 };
  return [
    graph({
      ...size,
      id: 60,
      title: 'Probes by result',
      description:
        'Probes of this exporter a second, by what became of them; "rejected" ones were refused as too many were running.',
      unit: 'ops',
      queries: [
        line(
          `sum by (reason) (rate(pipefleet_probes_total{${scope.exporter}}[$__rate_interval]))`,
          '{{reason}}',
        ),
        line(`sum(rate(pipefleet_probes_rejected_total{${scope.exporter}}[$__rate_interval]))`, 'rejected'),
      ],
    }),
    graph({
      ...size,
      id: 61,
      title: 'Duration of probes',
      description: 'Half of the probes took at most the lower line, 95 and 99 of 100 at most the others.',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((share) =>
        line(
          `histogram_quantile(${share}, sum by (le) (rate(pipefleet_probe_duration_seconds_bucket{${scope.exporter}}[$__rate_interval])))`,
          `${share * 100} %`,
        ),
      ),
    }),
    graph({
      ...size,
      id: 63,
      title: 'Phases',
      description:
        'Where the time of the probes goes, the mean over all nodes. On a kept connection only the command takes time.',
      unit: 's',
      stacked: true,
      queries: [line('avg by (phase) (probe_phase_duration_seconds{job=~"$job"})', '{{phase}}')],
    }),
  ];
}

function connections({ scope }: View): Panel[] {
  const size = { width: 6, height: 8, min: 0 };
  return [
    graph({
      ...size,
      id: 62,
      title: 'Connections by state',
      description: 'Connections that are ready, being made, or waiting before the next attempt.',
      unit: 'none',
      queries: [line(`sum by (state) (pipefleet_ssh_connections{${scope.exporter}})`, '{{state}}')],
    }),
    graph({
      ...size,
      id: 64,
      title: 'Attempts to connect',
      description: 'Attempts a second by their outcome. Many good ones: connections do not last.',
      unit: 'ops',
      queries: [
        line(
          `sum by (reason) (rate(pipefleet_ssh_dials_total{${scope.exporter}}[$__rate_interval]))`,
          '{{reason}}',
        ),
      ],
    }),
    graph({
      ...size,
      id: 65,
      title: 'Why connections ended',
      description: 'Connections that were closed a second, by the cause.',
      unit: 'ops',
      queries: [
        line(
          `sum by (cause) (rate(pipefleet_ssh_connections_closed_total{${scope.exporter}}[$__rate_interval]))`,
          '{{cause}}',
        ),
      ],
    }),
    graph({
      ...size,
      id: 66,
      title: 'Logins',
      description: 'Time that key exchange and login took for 95 of 100, and logins that wait for a place.',
      unit: 's',
      queries: [
        line(
          `histogram_quantile(0.95, sum by (le) (rate(pipefleet_ssh_handshake_duration_seconds_bucket{${scope.exporter}}[$__rate_interval])))`,
          '95 % took at most',
        ),
        line(
          `histogram_quantile(0.95, sum by (le) (rate(pipefleet_ssh_queue_wait_seconds_bucket{${scope.exporter}}[$__rate_interval])))`,
          '95 % waited at most',
        ),
      ],
      noValue: 'No login of late.',
    }),
  ];
}

function jumps({ scope }: View): Panel {
  const perJump = (series: string): string => `max by (jump) (${series}{${scope.exporter}})`;
  return table({
    id: 70,
    title: 'Each jump host',
    description: 'Jump hosts of the configuration, and what goes through them.',
    unit: 'none',
    width: 24,
    height: 6,
    noValue: 'No jump host is in use.',
    key: 'jump',
    sortBy: 'Jump host',
    queries: [
      columns(perJump('pipefleet_ssh_jump_up')),
      columns(perJump('pipefleet_ssh_jump_connections')),
      columns(perJump('pipefleet_ssh_jump_dials_in_flight')),
      columns(perJump('pipefleet_ssh_jump_dials_queued')),
      columns(perJump('pipefleet_ssh_jump_dials_limit')),
    ],
    columns: [
      { field: 'jump', title: 'Jump host' },
      { field: 'Value #A', title: 'Connected', mapping: YES_NO, cell: 'background' },
      { field: 'Value #B', title: 'Connections through it' },
      { field: 'Value #C', title: 'Being opened' },
      { field: 'Value #D', title: 'Waiting', thresholds: bounds('text', [1, 'orange']), cell: 'text' },
      { field: 'Value #E', title: 'At most at once' },
    ],
  });
}

function itself({ scope }: View): Panel[] {
  const size = { width: 8, height: 8, min: 0 };
  return [
    graph({
      ...size,
      id: 80,
      title: 'CPU of the exporter',
      description: 'CPU time a second; 100 % is one whole core, and all that it can use.',
      unit: 'percentunit',
      queries: [line(`rate(process_cpu_seconds_total{${scope.exporter}}[$__rate_interval])`, '{{instance}}')],
    }),
    graph({
      ...size,
      id: 81,
      title: 'Memory of the exporter',
      description: 'Resident memory of the process.',
      unit: 'bytes',
      queries: [line(`process_resident_memory_bytes{${scope.exporter}}`, '{{instance}}')],
    }),
    graph({
      ...size,
      id: 82,
      title: 'Delay of its loop',
      description:
        'For how long the exporter attends to nothing else at a time: 99 of 100 moments are below.',
      unit: 's',
      queries: [line(`nodejs_eventloop_lag_p99_seconds{${scope.exporter}}`, '{{instance}}')],
    }),
  ];
}

function alerting({ scope }: View): Panel[] {
  const size = { width: 8, height: 8, min: 0 };
  return [
    graph({
      ...size,
      id: 90,
      title: 'Evaluation of rules',
      description: 'How long each group of our rules took to evaluate. Past its interval, alerts come late.',
      unit: 's',
      queries: [
        line(
          `max by (rule_group) (prometheus_rule_group_last_duration_seconds{${scope.prometheus}, rule_group=~".*;pipefleet-.*"})`,
          '{{rule_group}}',
        ),
      ],
      noValue: 'Prometheus does not scrape itself.',
    }),
    graph({
      ...size,
      id: 91,
      title: 'Messages of Alertmanager',
      description: 'Messages sent and failed a second, by the way they go.',
      unit: 'ops',
      queries: [
        line(
          `sum by (integration) (rate(alertmanager_notifications_total{${scope.alertmanager}}[$__rate_interval]))`,
          '{{integration}}',
        ),
        line(
          `sum by (integration) (rate(alertmanager_notifications_failed_total{${scope.alertmanager}}[$__rate_interval]))`,
          '{{integration}} failed',
        ),
      ],
      noValue: 'Prometheus does not scrape an Alertmanager.',
    }),
    graph({
      ...size,
      id: 92,
      title: 'Series in Prometheus',
      description: 'Series that Prometheus holds in memory, of everything that it scrapes.',
      unit: 'short',
      queries: [line(`prometheus_tsdb_head_series{${scope.prometheus}}`, '{{instance}}')],
      noValue: 'Prometheus does not scrape itself.',
    }),
  ];
}
