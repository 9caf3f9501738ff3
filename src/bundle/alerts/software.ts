import { alert, promql, type AlertGroup } from '../rule.js';

export const SOFTWARE_ALERTS: AlertGroup = {
  name: 'pipefleet-software',
  alerts: [
    alert({
      name: 'PipeNodeSoftwareDown',
      severity: 'critical',
      note: 'A host that was migrated keeps /opt/popcache beside what runs there now: one generation that answers is enough.',
      expr: ({ node, range }) => promql`
        max without (generation) (max_over_time(pipe_node_http_up{${node}}[${range('3m')}])) == 0
          and on (job, instance) max by (job, instance) (last_over_time(pipe_node_detected{${node}}[${range('3m')}])) == 1`,
      for: '1m',
      keepFiringFor: '5m',
      summary: 'The Pipe software of a node does not answer.',
      description:
        '{{ $labels.instance }} has the node software installed, but none of its HTTP endpoints has answered for three minutes. The host itself answers.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeUnregistered',
      severity: 'warning',
      expr: ({ node, range }) => `max_over_time(pipe_node_registered{${node}}[${range('10m')}]) == 0`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'A Pipe node is not registered with the network.',
      description:
        '{{ $labels.instance }} reports no registered identity since at least ten minutes. It gets no traffic and earns nothing, although its health endpoint says ok.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeRewardsDisabled',
      severity: 'warning',
      expr: ({ node, range }) => `max_over_time(pipe_node_rewards_enabled{${node}}[${range('10m')}]) == 0`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'Rewards are switched off on a Pipe node.',
      description:
        '{{ $labels.instance }} reports that rewards are not enabled since at least ten minutes. It serves traffic without being paid.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeUnitFailed',
      severity: 'critical',
      expr: ({ node, range }) =>
        `last_over_time(node_systemd_unit_state{${node}, state="failed"}[${range('5m')}]) == 1`,
      for: '2m',
      keepFiringFor: '5m',
      summary: 'The systemd unit of a Pipe node has failed.',
      description:
        'The unit {{ $labels.name }} on {{ $labels.instance }} is in state failed: systemd has given up starting it.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeRestarting',
      severity: 'warning',
      expr: ({ node }) => `increase(node_systemd_service_restart_total{${node}}[15m]) > 3`,
      keepFiringFor: '10m',
      summary: 'The software of a Pipe node keeps restarting.',
      description:
        'systemd restarted {{ $labels.name }} on {{ $labels.instance }} about {{ $value | humanize }} times in the past 15 minutes.',
      dashboard: 'node',
    }),

    alert({
      name: 'PipeNodeEndpointDown',
      severity: 'warning',
      note: 'Versions differ in their endpoints: only one that answered within the past day is missed.',
      expr: ({ node, range }) => promql`
        max_over_time(pipe_node_endpoint_up{${node}}[${range('10m')}]) == 0
          and max_over_time(pipe_node_endpoint_up{${node}}[1d]) == 1
          and on (job, instance, generation) max_over_time(pipe_node_http_up{${node}}[${range('10m')}]) == 1`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'A part of the Pipe software of a node does not answer.',
      description:
        'The endpoint {{ $labels.endpoint }} of the {{ $labels.generation }} software on {{ $labels.instance }} has not answered for ten minutes, while others do. What it tells is missing.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeHealthBad',
      severity: 'warning',
      expr: ({ node, range }) => `max_over_time(pipe_node_health_ok{${node}}[${range('5m')}]) == 0`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'The Pipe software of a node says that it is not well.',
      description:
        'The health endpoint of the {{ $labels.generation }} software on {{ $labels.instance }} answers, and says for ten minutes that something is wrong.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeOriginErrors',
      severity: 'warning',
      note: 'The software forgets its figures every 30 to 45 seconds, so these are samples of windows: good for a share, not for a count.',
      settings: {
        share: { value: 0.05, meaning: 'share of requests that failed at their origin' },
        requests: { value: 100, meaning: 'requests seen in 15 minutes, below which nothing is judged' },
      },
      expr: ({ node }, { share, requests }) => promql`
        sum_over_time(pipe_node_window_origin_errors{${node}}[15m])
          / (sum_over_time(pipe_node_window_requests{${node}}[15m]) > ${requests})
          > ${share}`,
      for: '15m',
      keepFiringFor: '10m',
      summary: 'A Pipe node gets many errors from origins.',
      description:
        '{{ $value | humanizePercentage }} of the requests that were seen on {{ $labels.instance }} in the past 15 minutes failed at their origin.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeLogTrouble',
      severity: 'warning',
      note: 'Lines of a log file have no time: only more of them than before are news.',
      expr: ({ inventory, range }) => promql`
        max_over_time(pipe_node_journal_recent_lines{${inventory}, class=~"panic|second_instance|port_in_use"}[${range('10m')}]) > 0
        or
        last_over_time(pipe_node_log_recent_lines{${inventory}, class=~"panic|second_instance|port_in_use"}[${range('10m')}])
          - last_over_time(pipe_node_log_recent_lines{${inventory}, class=~"panic|second_instance|port_in_use"}[${range('10m')}] offset 30m)
          > 0`,
      keepFiringFor: '15m',
      summary: 'The log of a Pipe node tells of a crash, a second instance or a taken port.',
      description:
        'The log of {{ $labels.instance }} ({{ $labels.name }}{{ $labels.file }}) has {{ $value | humanize }} new lines of class {{ $labels.class }}.',
      dashboard: 'node',
    }),
  ],
};
