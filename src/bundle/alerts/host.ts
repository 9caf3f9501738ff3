import { alert, type AlertGroup } from '../rule.js';

export const HOST_ALERTS: AlertGroup = {
  name: 'pipefleet-host',
  alerts: [
    alert({
      name: 'PipeNodeLoadHigh',
      severity: 'warning',
      settings: { load: { value: 2, meaning: 'load for each CPU' } },
      expr: (_, { load }) => `min_over_time(instance:node_load5_per_cpu:ratio[15m]) > ${load}`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'A Pipe node has more work than it can do.',
      description:
        'The load of {{ $labels.instance }} was at least {{ $value | humanize }} a CPU for 15 minutes.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeRebooted',
      severity: 'info',
      note: "Both times are the node's own, so that a wrong clock does not look like a reboot.",
      expr: ({ node, range }) =>
        `last_over_time(node_time_seconds{${node}}[${range('2m')}]) - last_over_time(node_boot_time_seconds{${node}}[${range('2m')}]) < 900`,
      summary: 'A Pipe node has booted.',
      description: '{{ $labels.instance }} booted {{ $value | humanizeDuration }} ago.',
      dashboard: 'node',
    }),

    alert({
      name: 'PipeNodeCpuHigh',
      severity: 'info',
      settings: { share: { value: 0.9, meaning: 'share of CPU time' } },
      expr: (_, { share }) => `min_over_time(instance:node_cpu_utilisation:ratio_rate5m[15m]) > ${share}`,
      for: '15m',
      keepFiringFor: '10m',
      summary: 'The processors of a Pipe node are busy all the time.',
      description:
        'The CPUs of {{ $labels.instance }} were busy for at least {{ $value | humanizePercentage }} of the time in the past half hour.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeCpuStolen',
      severity: 'warning',
      settings: { share: { value: 0.2, meaning: 'share of CPU time' } },
      expr: (_, { share }) => `min_over_time(instance:node_cpu_steal:ratio_rate5m[15m]) > ${share}`,
      for: '15m',
      keepFiringFor: '10m',
      summary: 'The provider gives the CPU time of a Pipe node to others.',
      description:
        'For half an hour at least {{ $value | humanizePercentage }} of the CPU time of {{ $labels.instance }} was given to other machines on its host.',
      dashboard: 'node',
    }),
  ],
};
