import { ALERTMANAGER, EXPORTER, fires, PROMETHEUS, silent, type AlertCase } from '../rule-case.js';

const GROUP = `${PROMETHEUS}, rule_group="rules/alerts.yml;pipefleet-node"`;
const TELEGRAM = `${ALERTMANAGER}, integration="telegram"`;
const TO_ALERTMANAGER = `${PROMETHEUS}, alertmanager="http://alertmanager:9093/api/v2/alerts"`;

/** The exporter, Prometheus and Alertmanager. What is not here is in prometheus/tests. */
export const MONITORING_CASES: readonly AlertCase[] = [
  fires(
    'PipefleetLoginsQueued',
    'connections that do not last',
    { [`pipefleet_ssh_login_queue_length{${EXPORTER}}`]: '0x5 7x60' },
    '25m',
    EXPORTER,
    'At least 7 logins have been waiting for a place in pipefleet:10950 for ten minutes, while as many as limits.concurrent_logins were under way. Nodes are read late or not at all.',
  ),
  silent(
    'PipefleetLoginsQueued',
    'a thousand nodes after a start',
    { [`pipefleet_ssh_login_queue_length{${EXPORTER}}`]: '400 300 150 20 0x60' },
    '20m',
  ),
  fires(
    'PipefleetEventLoopSlow',
    'two seconds at a time',
    { [`nodejs_eventloop_lag_p99_seconds{${EXPORTER}}`]: '2x60' },
    '20m',
    EXPORTER,
    'pipefleet:10950 was busy for 2s and longer at a time for ten minutes: probes take longer than the nodes need.',
  ),
  silent(
    'PipefleetEventLoopSlow',
    'one long reload',
    { [`nodejs_eventloop_lag_p99_seconds{${EXPORTER}}`]: '0.02x20 2x2 0.02x40' },
    '14m',
  ),
  fires(
    'PipefleetNodesLost',
    'a configuration that was cut short',
    { [`pipefleet_nodes{${EXPORTER}}`]: '40x40 6x40' },
    '30m',
    EXPORTER,
    'pipefleet:10950 has 15% of the nodes in its configuration that it had within the past hour. The others are not watched any more.',
  ),
  silent(
    'PipefleetNodesLost',
    'some nodes were given up',
    { [`pipefleet_nodes{${EXPORTER}}`]: '40x40 30x40' },
    '30m',
  ),
  fires(
    'PipefleetRulesFailing',
    'a rule fails each time',
    { [`prometheus_rule_evaluation_failures_total{${GROUP}}`]: '0+1x60' },
    '25m',
    GROUP,
    'Rules of the group rules/alerts.yml;pipefleet-node failed about 30 times on prometheus:9090 in the past 15 minutes. Their alerts cannot fire.',
  ),
  silent(
    'PipefleetRulesFailing',
    'none does',
    { [`prometheus_rule_evaluation_failures_total{${GROUP}}`]: '2x60' },
    '25m',
  ),
  fires(
    'PipefleetRulesMissed',
    'rounds are left out',
    { [`prometheus_rule_group_iterations_missed_total{${GROUP}}`]: '0+1x80' },
    '30m',
    GROUP,
    'The group rules/alerts.yml;pipefleet-node was left out about 30 times on prometheus:9090 in the past 15 minutes: its alerts come late.',
  ),
  silent(
    'PipefleetRulesMissed',
    'none is',
    { [`prometheus_rule_group_iterations_missed_total{${GROUP}}`]: '0x80' },
    '30m',
  ),
  fires(
    'PipefleetPrometheusReloadFailed',
    'the file is wrong',
    { [`prometheus_config_last_reload_successful{${PROMETHEUS}}`]: '0x60' },
    '15m',
    PROMETHEUS,
    'prometheus:9090 could not read its configuration or its rules when it was last asked to. Its log says which line is wrong.',
  ),
  silent(
    'PipefleetPrometheusReloadFailed',
    'the file was mended at once',
    { [`prometheus_config_last_reload_successful{${PROMETHEUS}}`]: '1x10 0x4 1x40' },
    '15m',
  ),
  fires(
    'PipefleetAlertsUndelivered',
    'a tenth is not taken',
    {
      [`prometheus_notifications_errors_total{${TO_ALERTMANAGER}}`]: '0+1x60',
      [`prometheus_notifications_sent_total{${TO_ALERTMANAGER}}`]: '0+10x60',
      [`prometheus_notifications_dropped_total{${PROMETHEUS}}`]: '0x60',
    },
    '20m',
    PROMETHEUS,
    'prometheus:9090 fails to hand 10% of its alerts to Alertmanager. They fire, and nobody is told.',
  ),
  silent(
    'PipefleetAlertsUndelivered',
    'all are taken',
    {
      [`prometheus_notifications_errors_total{${TO_ALERTMANAGER}}`]: '0x60',
      [`prometheus_notifications_sent_total{${TO_ALERTMANAGER}}`]: '0+10x60',
      [`prometheus_notifications_dropped_total{${PROMETHEUS}}`]: '0x60',
    },
    '20m',
  ),
  fires(
    'PipefleetAlertmanagerDown',
    'it does not answer',
    { [`up{${ALERTMANAGER}}`]: '1x10 0x40' },
    '15m',
    ALERTMANAGER,
    'Prometheus cannot scrape alertmanager:9093 for five minutes. With no other Alertmanager, nobody is told of any alert.',
  ),
  silent('PipefleetAlertmanagerDown', 'it is restarted', { [`up{${ALERTMANAGER}}`]: '1x10 0x2 1x40' }, '15m'),
  fires(
    'PipefleetAlertmanagerReloadFailed',
    'the file is wrong',
    { [`alertmanager_config_last_reload_successful{${ALERTMANAGER}}`]: '0x60' },
    '15m',
    ALERTMANAGER,
    'alertmanager:9093 could not read its configuration when it was last asked to. Its log says which line is wrong.',
  ),
  silent(
    'PipefleetAlertmanagerReloadFailed',
    'the file is right',
    { [`alertmanager_config_last_reload_successful{${ALERTMANAGER}}`]: '1x60' },
    '15m',
  ),
  fires(
    'PipefleetNotificationsFailing',
    'every message by Telegram fails',
    {
      [`alertmanager_notifications_failed_total{${TELEGRAM}, reason="clientError"}`]: '0+1x80',
      [`alertmanager_notifications_total{${TELEGRAM}}`]: '0+1x80',
    },
    '25m',
    TELEGRAM,
    'alertmanager:9093 fails to send 100% of its messages by telegram.',
  ),
  silent(
    'PipefleetNotificationsFailing',
    'all are sent',
    {
      [`alertmanager_notifications_failed_total{${TELEGRAM}, reason="clientError"}`]: '0x80',
      [`alertmanager_notifications_total{${TELEGRAM}}`]: '0+1x80',
    },
    '25m',
  ),
];
