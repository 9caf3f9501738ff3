import { alert, type AlertGroup } from '../rule.js';

/** The operating system below the software, as far as somebody has to do something about it. */
export const SYSTEM_ALERTS: AlertGroup = {
  name: 'pipefleet-system',
  alerts: [
    alert({
      name: 'PipeNodeLibcTooOld',
      severity: 'warning',
      expr: ({ inventory, range }) =>
        `max_over_time(pipe_node_libc_sufficient{${inventory}}[${range('10m')}]) == 0`,
      for: '10m',
      keepFiringFor: '10m',
      summary: 'The system of a Pipe node is too old for the node software.',
      description:
        'The C library of {{ $labels.instance }} is older than the {{ $labels.generation }} software needs: it will not start, or not after its next update.',
      dashboard: 'versions',
    }),
    alert({
      name: 'PipeNodeTuningDrift',
      severity: 'info',
      expr: ({ inventory, range }) =>
        `count by (job, instance) (max_over_time(pipe_node_sysctl_recommended{${inventory}}[${range('10m')}]) == 0) > 0`,
      for: '1d',
      keepFiringFor: '10m',
      summary: 'The kernel of a Pipe node is not set as the guides advise.',
      description:
        '{{ $value | humanize }} settings of the kernel of {{ $labels.instance }} are not what the guides to the node software advise.',
      dashboard: 'versions',
    }),
    alert({
      name: 'PipeNodeRebootRequired',
      severity: 'info',
      expr: ({ inventory, range }) =>
        `min_over_time(node_reboot_required{${inventory}}[${range('10m')}]) == 1`,
      for: '1d',
      keepFiringFor: '10m',
      summary: 'A Pipe node waits to be booted.',
      description:
        '{{ $labels.instance }} has installed updates that take effect with the next boot only, for more than a day.',
      dashboard: 'versions',
    }),
    alert({
      name: 'PipeNodeSecurityUpdatesPending',
      severity: 'info',
      settings: { packages: { value: 0, meaning: 'packages that may wait' } },
      expr: ({ inventory, range }, { packages }) =>
        `min_over_time(pipe_node_security_updates_pending{${inventory}}[${range('10m')}]) > ${packages}`,
      for: '3d',
      keepFiringFor: '1h',
      summary: 'Security updates of a Pipe node have waited for days.',
      description:
        '{{ $value | humanize }} packages of {{ $labels.instance }} have had updates for the sake of security for more than three days.',
      dashboard: 'versions',
    }),
    alert({
      name: 'PipeNodeSupportEnding',
      severity: 'info',
      settings: { days: { value: 60, meaning: 'days until the support of the distribution ends' } },
      expr: ({ node, range }, { days }) =>
        `last_over_time(node_os_support_end_timestamp_seconds{${node}}[${range('10m')}]) - time() < ${days} * 86400`,
      for: '1d',
      keepFiringFor: '10m',
      summary: 'The distribution of a Pipe node gets no updates any more, or soon.',
      description:
        'The support of the distribution on {{ $labels.instance }} ends in {{ $value | humanizeDuration }}; a negative time is one that has passed.',
      dashboard: 'versions',
    }),
  ],
};
