import { alert, promql, type AlertGroup } from '../rule.js';

export const JUMP_ALERTS: AlertGroup = {
  name: 'pipefleet-jump',
  alerts: [
    alert({
      name: 'PipefleetJumpHostKeyChanged',
      severity: 'critical',
      note: 'Known to the exporter only: the nodes behind it have the reason `jump`, whatever its own is.',
      expr: ({ exporter, range }) => promql`
        sum by (job, instance, jump) (
          increase(pipefleet_ssh_jump_dials_total{${exporter}, reason=~"host_key_changed|host_key_revoked"}[15m])
        ) > 0
          and on (job, instance, jump) max_over_time(pipefleet_ssh_jump_up{${exporter}}[${range('2m')}]) == 0`,
      keepFiringFor: '5m',
      summary: 'A jump host answers with another host key.',
      description:
        'What answers as the jump host {{ $labels.jump }} has another host key than known_hosts says, or one that was revoked; {{ $labels.instance }} does not log in there. Somebody may have taken its place. No node behind it is watched meanwhile.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetJumpHostDown',
      severity: 'critical',
      note: 'It withholds PipeNodeDown of the nodes behind it, and so has no `for`: it must fire no later.',
      expr: ({ exporter, range }) => promql`
        max_over_time(pipefleet_ssh_jump_up{${exporter}}[${range('2m')}]) == 0
          and present_over_time(pipefleet_ssh_jump_up{${exporter}}[${range('5m')}] offset 1m)`,
      keepFiringFor: '2m',
      summary: 'A jump host cannot be used, so that nothing is known of the nodes behind it.',
      description:
        '{{ $labels.instance }} has not been able to connect to the jump host {{ $labels.jump }} for two minutes. No node behind it is watched meanwhile.',
      dashboard: 'exporter',
    }),
    alert({
      name: 'PipefleetJumpHostSaturated',
      severity: 'warning',
      expr: ({ exporter, range }) => promql`
        min_over_time(pipefleet_ssh_jump_dials_queued{${exporter}}[${range('10m')}]) > 0
          and pipefleet_ssh_jump_dials_in_flight{${exporter}} >= pipefleet_ssh_jump_dials_limit{${exporter}}`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'Connections wait for a jump host.',
      description:
        'At least {{ $value | humanize }} connections have been waiting to be opened through {{ $labels.jump }} for ten minutes, while as many as concurrent_dials allows were being opened.',
      dashboard: 'exporter',
    }),
  ],
};
