import { alert, promql, type AlertGroup } from '../rule.js';

export const IDENTITY_ALERTS: AlertGroup = {
  name: 'pipefleet-identity',
  alerts: [
    alert({
      name: 'PipeNodeIdentityDuplicate',
      severity: 'critical',
      note: 'A node that was renamed has both names for as long as the range: hence the `for`.',
      expr: ({ node, range }) => promql`
        max by (job, instance, generation, pop_id) (last_over_time(pipe_node_identity_info{${node}, pop_id!~"0?"}[${range('5m')}]))
          * on (generation, pop_id) group_left ()
          count by (generation, pop_id) (
            max by (instance, generation, pop_id) (last_over_time(pipe_node_identity_info{${node}, pop_id!~"0?"}[${range('5m')}]))
          ) > 1`,
      for: '15m',
      keepFiringFor: '10m',
      summary: 'Several Pipe nodes have the same identity.',
      description:
        '{{ $value | humanize }} nodes, one of them {{ $labels.instance }}, say that they are PoP {{ $labels.pop_id }} of {{ $labels.generation }}. The network takes them for one, and may bar it.',
      dashboard: 'security',
    }),
    alert({
      name: 'PipeNodeIdentityCrowded',
      severity: 'warning',
      expr: ({ inventory, range }) =>
        `min_over_time(pipe_node_identity_files{${inventory}}[${range('10m')}]) > 1`,
      for: '10m',
      keepFiringFor: '10m',
      summary: 'A Pipe node has several identities.',
      description:
        '{{ $labels.instance }} has {{ $value | humanize }} identities of {{ $labels.generation }} in the known folders. Which one it uses depends on where it is started; the other one is taken for a node that is gone.',
      dashboard: 'security',
    }),
    alert({
      name: 'PipeNodeIdentityExposed',
      severity: 'critical',
      expr: ({ inventory, range }) =>
        `max_over_time(pipe_node_identity_file_private{${inventory}}[${range('10m')}]) == 0`,
      for: '5m',
      keepFiringFor: '10m',
      summary: 'Others may read the identity of a Pipe node.',
      description:
        '{{ $labels.file }} on {{ $labels.instance }} is open to other accounts than its owner. Whoever reads it can be the node.',
      dashboard: 'security',
    }),
    alert({
      name: 'PipeNodeBackupMissing',
      severity: 'info',
      expr: ({ inventory, range }) => promql`
        max by (job, instance) (last_over_time(pipe_node_identity_files{${inventory}}[${range('10m')}])) > 0
          unless on (job, instance) present_over_time(pipe_node_backup_timestamp_seconds{${inventory}}[30m])`,
      for: '1d',
      summary: 'No backup of the identity of a Pipe node is known.',
      description:
        '{{ $labels.instance }} has an identity of which no backup was recorded on it. When the machine is lost, so is what the identity has earned.',
      dashboard: 'security',
    }),
    alert({
      name: 'PipeNodeBackupOld',
      severity: 'warning',
      note: 'Older than what it is a backup of, or simply old.',
      settings: { days: { value: 30, meaning: 'days since the last backup' } },
      expr: ({ inventory, range }, { days }) => promql`
        time() - last_over_time(pipe_node_backup_timestamp_seconds{${inventory}}[${range('10m')}]) > ${days} * 86400
        or
        max by (job, instance) (last_over_time(pipe_node_identity_file_modified_timestamp_seconds{${inventory}}[${range('10m')}]))
          - on (job, instance) max by (job, instance) (last_over_time(pipe_node_backup_timestamp_seconds{${inventory}}[${range('10m')}]))
          > 0`,
      for: '1d',
      keepFiringFor: '1h',
      summary: 'The backup of the identity of a Pipe node is old.',
      description:
        'The backup of the identity of {{ $labels.instance }} is {{ $value | humanizeDuration }} older than it should be: than the identity itself, or than today.',
      dashboard: 'security',
    }),
  ],
};
