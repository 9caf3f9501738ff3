import { alert, promql, type AlertGroup } from '../rule.js';

export const CLOCK_ALERTS: AlertGroup = {
  name: 'pipefleet-clock',
  alerts: [
    alert({
      name: 'PipeNodeClockSkew',
      severity: 'warning',
      note: 'Between the answer and its time stamp lies the way of the answer: seconds are judged here, not milliseconds.',
      settings: {
        seconds: { value: 5, meaning: 'seconds between the clock of the node and that of Prometheus' },
      },
      expr: ({ node }, { seconds }) => promql`
        abs(node_time_seconds{${node}} - timestamp(node_time_seconds{${node}}))
          > on (job, instance) group_left () (${seconds} + max by (job, instance) (probe_duration_seconds{${node}}))`,
      for: '10m',
      keepFiringFor: '5m',
      summary: 'The clock of a Pipe node is wrong.',
      description:
        'The clock of {{ $labels.instance }} is {{ $value | humanizeDuration }} off that of Prometheus. Certificates and signatures of the network depend on it.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeClockNotSynchronised',
      severity: 'info',
      expr: ({ node }) => `max_over_time(node_timex_sync_status{${node}}[30m]) == 0`,
      for: '1h',
      keepFiringFor: '10m',
      summary: 'Nothing sets the clock of a Pipe node.',
      description:
        'The kernel of {{ $labels.instance }} has not taken its clock for synchronised for more than an hour: it will drift.',
      dashboard: 'node',
    }),
  ],
};
