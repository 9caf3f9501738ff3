import { alert, promql, type AlertGroup } from '../rule.js';

/** Who watches the watchers. A stack that has such alerts can leave the group out. */
export const MONITORING_ALERTS: AlertGroup = {
  name: 'pipefleet-monitoring',
  alerts: [
    alert({
      name: 'PipefleetRulesFailing',
      severity: 'critical',
      expr: ({ prometheus }) =>
        `sum by (job, instance, rule_group) (increase(prometheus_rule_evaluation_failures_total{${prometheus}}[15m])) > 0`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'Prometheus cannot evaluate a rule.',
      description:
        'Rules of the group {{ $labels.rule_group }} failed about {{ $value | humanize }} times on {{ $labels.instance }} in the past 15 minutes. Their alerts cannot fire.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetRulesMissed',
      severity: 'warning',
      expr: ({ prometheus }) =>
        `sum by (job, instance, rule_group) (increase(prometheus_rule_group_iterations_missed_total{${prometheus}}[15m])) > 0`,
      for: '10m',
      keepFiringFor: '5m',
      summary: 'Prometheus has no time to evaluate all rules.',
      description:
        'The group {{ $labels.rule_group }} was left out about {{ $value | humanize }} times on {{ $labels.instance }} in the past 15 minutes: its alerts come late.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetPrometheusReloadFailed',
      severity: 'warning',
      expr: ({ prometheus, range }) =>
        `max_over_time(prometheus_config_last_reload_successful{${prometheus}}[${range('5m')}]) == 0`,
      for: '5m',
      keepFiringFor: '2m',
      summary: 'Prometheus runs with an old configuration.',
      description:
        '{{ $labels.instance }} could not read its configuration or its rules when it was last asked to. Its log says which line is wrong.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetAlertsUndelivered',
      severity: 'critical',
      note: 'It can reach nobody while no Alertmanager can be reached, but shows on the pages of Prometheus; the dead man outside tells.',
      settings: { share: { value: 0.01, meaning: 'share of alerts that could not be handed over' } },
      expr: ({ prometheus, range }, { share }) => promql`
        (
          sum by (job, instance) (rate(prometheus_notifications_errors_total{${prometheus}}[${range('5m')}]))
            + sum by (job, instance) (rate(prometheus_notifications_dropped_total{${prometheus}}[${range('5m')}]))
        )
          / (sum by (job, instance) (rate(prometheus_notifications_sent_total{${prometheus}}[${range('5m')}])) > 0)
          > ${share}`,
      for: '10m',
      keepFiringFor: '5m',
      summary: 'Prometheus cannot hand its alerts to an Alertmanager.',
      description:
        '{{ $labels.instance }} fails to hand {{ $value | humanizePercentage }} of its alerts to Alertmanager. They fire, and nobody is told.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetAlertmanagerDown',
      severity: 'critical',
      expr: ({ alertmanager, range }) => `max_over_time(up{${alertmanager}}[${range('5m')}]) == 0`,
      for: '1m',
      keepFiringFor: '2m',
      summary: 'Alertmanager is down.',
      description:
        'Prometheus cannot scrape {{ $labels.instance }} for five minutes. With no other Alertmanager, nobody is told of any alert.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetAlertmanagerReloadFailed',
      severity: 'warning',
      expr: ({ alertmanager, range }) =>
        `max_over_time(alertmanager_config_last_reload_successful{${alertmanager}}[${range('5m')}]) == 0`,
      for: '5m',
      keepFiringFor: '2m',
      summary: 'Alertmanager runs with an old configuration.',
      description:
        '{{ $labels.instance }} could not read its configuration when it was last asked to. Its log says which line is wrong.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetNotificationsFailing',
      severity: 'critical',
      settings: { share: { value: 0.01, meaning: 'share of messages that could not be sent' } },
      expr: ({ alertmanager, range }, { share }) => promql`
        sum by (job, instance, integration) (rate(alertmanager_notifications_failed_total{${alertmanager}}[${range('10m')}]))
          / (sum by (job, instance, integration) (rate(alertmanager_notifications_total{${alertmanager}}[${range('10m')}])) > 0)
          > ${share}`,
      for: '5m',
      keepFiringFor: '10m',
      summary: 'Alertmanager cannot send messages.',
      description:
        '{{ $labels.instance }} fails to send {{ $value | humanizePercentage }} of its messages by {{ $labels.integration }}.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'Watchdog',
      severity: 'none',
      note: "Its receiver is to be something outside that alarms when this goes missing: a dead man's switch.",
      expr: () => 'vector(1)',
      summary: 'Alerting works.',
      description:
        'This alert always fires. When it stops arriving at its receiver, Prometheus or Alertmanager has stopped working.',
      dashboard: 'exporter',
    }),
  ],
};
