import { alert, promql, type AlertGroup } from '../rule.js';

export const EXPORTER_ALERTS: AlertGroup = {
  name: 'pipefleet-exporter',
  alerts: [
    alert({
      name: 'PipefleetDown',
      severity: 'critical',
      note: 'Where there are several, none of them answers: as long as one does, PipefleetInstanceDown is about the others.',
      expr: ({ exporter, range }) => promql`
        max_over_time(up{${exporter}}[${range('2m')}]) == 0
          unless on (job) max by (job) (max_over_time(up{${exporter}}[${range('2m')}])) == 1
        or
        absent_over_time(up{${exporter}}[${range('5m')}])`,
      for: '1m',
      keepFiringFor: '2m',
      summary: 'The exporter is down, so that nothing is known of any node.',
      description:
        'Prometheus cannot scrape the exporter {{ with $labels.instance }}{{ . }}{{ else }}(job pipefleet has no target){{ end }} for two minutes. No node is watched meanwhile.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetInstanceDown',
      severity: 'critical',
      note: 'It inhibits nothing: what the others see is true, and no label says which nodes only this one is asked for.',
      expr: ({ exporter, range }) => promql`
        max_over_time(up{${exporter}}[${range('2m')}]) == 0
          and on (job) max by (job) (max_over_time(up{${exporter}}[${range('2m')}])) == 1`,
      for: '1m',
      keepFiringFor: '2m',
      summary: 'One of several exporters is down.',
      description:
        'Prometheus has not been able to scrape the exporter {{ $labels.instance }} for two minutes, while another one answers. Nodes that only this one is asked for are not watched meanwhile: PipeNodeScrapeFailing names them.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetReloadFailed',
      severity: 'warning',
      expr: ({ exporter, range }) =>
        `max_over_time(pipefleet_config_last_reload_successful{${exporter}}[${range('5m')}]) == 0`,
      for: '1m',
      keepFiringFor: '2m',
      summary: 'The exporter runs with an old configuration.',
      description:
        '{{ $labels.instance }} could not read its configuration when it was last asked to and goes on with the former one. The log of the exporter says which line is wrong.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetSaturated',
      severity: 'warning',
      expr: ({ exporter, range }) =>
        `increase(pipefleet_probes_rejected_total{${exporter}}[${range('5m')}]) > 0`,
      for: '5m',
      keepFiringFor: '10m',
      summary: 'The exporter refuses probes.',
      description:
        '{{ $labels.instance }} refused about {{ $value | humanize }} probes in the past five minutes, as too many were running. The nodes concerned are missing from the data.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetLoginsQueued',
      severity: 'warning',
      note: 'After a start all nodes are logged in to: at about 8 ms of CPU each, that of thousands is over sooner.',
      expr: ({ exporter, range }) =>
        `min_over_time(pipefleet_ssh_login_queue_length{${exporter}}[${range('10m')}]) > 0`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'Logins wait for their turn.',
      description:
        'At least {{ $value | humanize }} logins have been waiting for a place in {{ $labels.instance }} for ten minutes, while as many as limits.concurrent_logins were under way. Nodes are read late or not at all.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetEventLoopSlow',
      severity: 'warning',
      settings: { seconds: { value: 0.5, meaning: 'seconds for which the exporter answers nobody' } },
      expr: ({ exporter, range }, { seconds }) =>
        `min_over_time(nodejs_eventloop_lag_p99_seconds{${exporter}}[${range('10m')}]) > ${seconds}`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'The exporter has more to do than it can.',
      description:
        '{{ $labels.instance }} was busy for {{ $value | humanizeDuration }} and longer at a time for ten minutes: probes take longer than the nodes need.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetNodesLost',
      severity: 'warning',
      note: 'A configuration that was cut short is a right one: nothing else tells that most nodes are not watched any more.',
      settings: { share: { value: 0.5, meaning: 'share of the nodes of an hour ago' } },
      expr: ({ exporter }, { share }) => promql`
        pipefleet_nodes{${exporter}}
          / (max_over_time(pipefleet_nodes{${exporter}}[1h]) > 1)
          < ${share}`,
      for: '5m',
      keepFiringFor: '10m',
      summary: 'Most nodes have gone from the configuration of the exporter.',
      description:
        '{{ $labels.instance }} has {{ $value | humanizePercentage }} of the nodes in its configuration that it had within the past hour. The others are not watched any more.',
      dashboard: 'exporter',
    }),
  ],
};
