import { alert, promql, type AlertGroup } from '../rule.js';

export const VERSION_ALERTS: AlertGroup = {
  name: 'pipefleet-versions',
  alerts: [
    alert({
      name: 'PipeNodeVersionDrift',
      severity: 'info',
      note: 'No network says which version is the newest. What most nodes of a generation run is taken for right; in a fleet of two there is no majority, and no alarm.',
      expr: ({ inventory, range }) => promql`
        max by (job, instance, generation, version, digest) (last_over_time(pipe_node_info{${inventory}}[${range('10m')}]))
          unless on (job, generation, version, digest)
          count by (job, generation, version, digest) (last_over_time(pipe_node_info{${inventory}}[${range('10m')}]))
            >= on (job, generation) group_left ()
            max by (job, generation) (
              count by (job, generation, version, digest) (last_over_time(pipe_node_info{${inventory}}[${range('10m')}]))
            )`,
      for: '1d',
      keepFiringFor: '10m',
      summary: 'A Pipe node runs another version than most.',
      description:
        '{{ $labels.instance }} has run another build of the {{ $labels.generation }} software ({{ $labels.version }} {{ $labels.digest }}) than most nodes for a day.',
      dashboard: 'versions',
    }),
    alert({
      name: 'PipeNodeUpdateAvailable',
      severity: 'info',
      expr: ({ inventory }) => promql`
        max by (job, instance) (
          max_over_time(pipe_node_journal_recent_lines{${inventory}, class="update"}[1h])
          or
          max_over_time(pipe_node_log_recent_lines{${inventory}, class="update"}[1h])
        ) > 0`,
      for: '1h',
      keepFiringFor: '1h',
      summary: 'The Pipe software of a node asks to be updated.',
      description:
        'The log of {{ $labels.instance }} tells of an update of the node software ({{ $value | humanize }} lines).',
      dashboard: 'versions',
    }),
    alert({
      name: 'PipeNodeConfigDrift',
      severity: 'info',
      note: 'Within a group, in which machines are commonly alike; and only where most of them agree.',
      settings: { share: { value: 0.6, meaning: 'share of the nodes of a group that must be set alike' } },
      expr: ({ inventory, range }, { share }) => promql`
        max by (job, instance, group, generation, digest) (last_over_time(pipe_node_config_info{${inventory}}[${range('10m')}]))
          unless on (job, group, generation, digest)
          count by (job, group, generation, digest) (last_over_time(pipe_node_config_info{${inventory}}[${range('10m')}]))
            / on (job, group, generation) group_left ()
            count by (job, group, generation) (last_over_time(pipe_node_config_info{${inventory}}[${range('10m')}]))
            >= ${share}
          and on (job, group, generation)
          count by (job, group, generation, digest) (last_over_time(pipe_node_config_info{${inventory}}[${range('10m')}]))
            / on (job, group, generation) group_left ()
            count by (job, group, generation) (last_over_time(pipe_node_config_info{${inventory}}[${range('10m')}]))
            >= ${share}`,
      for: '6h',
      keepFiringFor: '10m',
      summary: 'A Pipe node is set otherwise than the rest of its group.',
      description:
        'The settings of the {{ $labels.generation }} software on {{ $labels.instance }} have differed from those of most nodes of its group for six hours.',
      dashboard: 'versions',
    }),
  ],
};
