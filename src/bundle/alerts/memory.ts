import { alert, promql, type AlertGroup } from '../rule.js';

export const MEMORY_ALERTS: AlertGroup = {
  name: 'pipefleet-memory',
  alerts: [
    alert({
      name: 'PipeNodeMemoryHigh',
      severity: 'warning',
      settings: { share: { value: 0.9, meaning: 'share of memory in use' } },
      expr: (_, { share }) => `min_over_time(instance:node_memory_utilisation:ratio[15m]) > ${share}`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'A Pipe node is short of memory.',
      description:
        'At least {{ $value | humanizePercentage }} of the memory of {{ $labels.instance }} was in use for 15 minutes, caches not counted.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeMemoryRunningOut',
      severity: 'warning',
      note: 'Two windows must agree: a burst of hours is not a leak, nor is the first day of a cache.',
      settings: {
        hours: { value: 12, meaning: 'hours until nothing is available' },
        share: { value: 0.7, meaning: 'share of memory that must be in use' },
      },
      expr: ({ node, range }, { hours, share }) => promql`
        last_over_time(node_memory_MemAvailable_bytes{${node}}[${range('5m')}])
          / -(instance:node_memory_MemAvailable_bytes:slope6h < 0)
          < ${hours} * 3600
          and on (job, instance) instance:node_memory_MemAvailable_bytes:slope1d < 0
          and on (job, instance) instance:node_memory_utilisation:ratio > ${share}`,
      for: '30m',
      keepFiringFor: '15m',
      summary: 'A Pipe node will run out of memory.',
      description:
        'At the pace of the past six hours, {{ $labels.instance }} has no memory left in {{ $value | humanizeDuration }}; the kernel then ends a process, most likely the node software.',
      dashboard: 'capacity',
    }),
    alert({
      name: 'PipeNodeMemoryPressure',
      severity: 'warning',
      settings: {
        share: { value: 0.1, meaning: 'share of time in which nothing could go on for lack of memory' },
      },
      expr: ({ node, range }, { share }) =>
        `rate(node_pressure_memory_stalled_seconds_total{${node}}[${range('5m')}]) > ${share}`,
      for: '10m',
      keepFiringFor: '5m',
      summary: 'A Pipe node stands still for lack of memory.',
      description:
        'In {{ $value | humanizePercentage }} of the past minutes all work on {{ $labels.instance }} waited for memory.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeOomKill',
      severity: 'warning',
      expr: ({ node }) => `increase(node_vmstat_oom_kill{${node}}[30m]) > 0`,
      keepFiringFor: '10m',
      summary: 'The kernel of a Pipe node killed a process for lack of memory.',
      description:
        'On {{ $labels.instance }} about {{ $value | printf "%.0f" }} processes were killed in the past half hour since there was no memory left. The largest one goes first, which commonly is the node software.',
      dashboard: 'node',
    }),
  ],
};
