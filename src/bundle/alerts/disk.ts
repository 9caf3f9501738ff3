import { NOT_FILLABLE } from '../devices.js';
import { alert, promql, type AlertGroup } from '../rule.js';

export const DISK_ALERTS: AlertGroup = {
  name: 'pipefleet-disk',
  alerts: [
    alert({
      name: 'PipeNodeFilesystemAlmostFull',
      severity: 'warning',
      note: 'A disk cache fills its share of a disk by design: give it a limit that leaves more than this free.',
      settings: { share: { value: 0.95, meaning: 'used share' } },
      expr: ({ node, range }, { share }) => promql`
        min_over_time(instance_mountpoint:node_filesystem_used:ratio[15m]) > ${share}
          unless on (job, instance, mountpoint) last_over_time(node_filesystem_readonly{${node}}[${range('5m')}]) == 1`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'A file system of a Pipe node is almost full.',
      description:
        '{{ $labels.mountpoint }} on {{ $labels.instance }} is {{ $value | humanizePercentage }} full, and was for 15 minutes.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeFilesystemFillingUp',
      severity: 'warning',
      note: 'The past six hours and the day before the last three of them must agree: a download of some hours is no leak, and a disk that is mostly empty has time. What the cache takes by design is no growth.',
      settings: {
        hours: { value: 24, meaning: 'hours until the file system is full' },
        share: { value: 0.6, meaning: 'used share below which nothing is foretold' },
      },
      expr: ({ node, range }, { hours, share }) => promql`
        (
          instance_mountpoint:node_filesystem_room:bytes
            / -(instance_mountpoint:node_filesystem_room:slope6h < 0)
            < ${hours} * 3600
        )
          and on (job, instance, mountpoint)
          instance_mountpoint:node_filesystem_room:bytes
            / -(instance_mountpoint:node_filesystem_room:slope1d offset 3h < 0)
            < 2 * ${hours} * 3600
          and on (job, instance, mountpoint) instance_mountpoint:node_filesystem_room:bytes > 0
          and on (job, instance, mountpoint) last_over_time(instance_mountpoint:node_filesystem_used:ratio[${range('5m')}]) > ${share}
          unless on (job, instance, mountpoint) last_over_time(node_filesystem_readonly{${node}}[${range('5m')}]) == 1`,
      for: '1h',
      keepFiringFor: '15m',
      summary: 'A file system of a Pipe node will be full within a day.',
      description:
        'At the pace of the past six hours, {{ $labels.mountpoint }} on {{ $labels.instance }} will be full in {{ $value | humanizeDuration }}; the past day agrees. What the cache takes by design is not counted.',
      dashboard: 'capacity',
    }),
    alert({
      name: 'PipeNodeCacheTooLarge',
      severity: 'warning',
      note: 'No forecast: the cache is allowed more than the disk has left.',
      expr: ({ range }) =>
        `max_over_time(instance_mountpoint:node_filesystem_room:bytes[${range('10m')}]) < 0`,
      for: '30m',
      keepFiringFor: '10m',
      summary: 'The disk of a Pipe node is too small for the cache that it is configured to have.',
      description:
        'The cache of {{ $labels.instance }} may still grow by more than {{ $labels.mountpoint }} has room for: {{ $value | humanize1024 }}B would be left. It will fill the disk.',
      dashboard: 'capacity',
    }),
    alert({
      name: 'PipeNodeInodesLow',
      severity: 'warning',
      settings: { share: { value: 0.05, meaning: 'share of file nodes that is free' } },
      expr: ({ node, range }, { share }) => promql`
        min without (device, device_error, fstype) (
          max_over_time(node_filesystem_files_free{${node}, fstype!~"${NOT_FILLABLE}"}[${range('10m')}])
            / (max_over_time(node_filesystem_files{${node}}[${range('10m')}]) > 0)
        ) < ${share}`,
      for: '15m',
      keepFiringFor: '10m',
      summary: 'A file system of a Pipe node has room for few more files.',
      description:
        '{{ $labels.mountpoint }} on {{ $labels.instance }} has {{ $value | humanizePercentage }} of its file nodes left. Without any, no file can be made although there is space.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeFilesystemTurnedReadOnly',
      severity: 'critical',
      note: 'As the kernel does when a disk fails. One that always was read-only is meant to be.',
      expr: ({ node, range }) => promql`
        max without (device_error) (last_over_time(node_filesystem_readonly{${node}}[${range('5m')}])) == 1
          and on (job, instance, mountpoint) min_over_time(node_filesystem_readonly{${node}}[1d]) == 0`,
      for: '1m',
      keepFiringFor: '5m',
      summary: 'A file system of a Pipe node can no longer be written.',
      description:
        '{{ $labels.mountpoint }} on {{ $labels.instance }} ({{ $labels.device }}) was writable within the past day and is read-only now. The kernel does this when a disk gives errors.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeDiskSaturated',
      severity: 'warning',
      settings: { requests: { value: 10, meaning: 'requests under way, on average' } },
      expr: (_, { requests }) =>
        `min_over_time(instance_device:node_disk_io_time_weighted_seconds:rate5m[15m]) > ${requests}`,
      for: '15m',
      keepFiringFor: '10m',
      summary: 'A disk of a Pipe node has more to do than it can.',
      description:
        'At least {{ $value | humanize }} requests were waiting at {{ $labels.device }} of {{ $labels.instance }} at any time in the past half hour.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeRaidDegraded',
      severity: 'critical',
      expr: ({ node, range }) => `min_over_time(node_md_degraded{${node}}[${range('5m')}]) > 0`,
      for: '10m',
      keepFiringFor: '5m',
      summary: 'An array of disks of a Pipe node lacks a disk.',
      description:
        'The array {{ $labels.device }} of {{ $labels.instance }} lacks {{ $value | humanize }} of its disks. With another one its data may be gone.',
      dashboard: 'node',
    }),
  ],
};
