import { alert, promql, type AlertGroup } from '../rule.js';

export const ACCESS_ALERTS: AlertGroup = {
  name: 'pipefleet-access',
  alerts: [
    alert({
      name: 'PipeNodeGateOutdated',
      severity: 'warning',
      note: 'After an update of pipefleet this is true of every node until its gate is renewed: it may wait, but not be forgotten.',
      expr: ({ inventory, range }) =>
        `max_over_time(pipefleet_gate_current{${inventory}}[${range('10m')}]) == 0`,
      for: '10m',
      keepFiringFor: '5m',
      summary: 'The gate of a Pipe node is not the one that it should be.',
      description:
        'For 20 minutes the file of the gate on {{ $labels.instance }} has not been what this pipefleet would install there: it is of another version or made for other settings, or somebody has changed it.',
      dashboard: 'node',
    }),

    alert({
      name: 'PipeNodeGateLost',
      severity: 'warning',
      note: 'Its key ran the gate and nothing else, and now gets a shell. PipeNodeGateOutdated cannot tell: there is nothing to compare.',
      expr: ({ inventory, range }) => promql`
        max by (job, instance) (present_over_time(pipefleet_gate_info{${inventory}}[1d] offset 20m))
          unless on (job, instance) present_over_time(pipefleet_gate_info{${inventory}}[20m])
          and on (job, instance) min_over_time(probe_success{${inventory}}[${range('10m')}]) == 1`,
      keepFiringFor: '1h',
      summary: 'A Pipe node has lost its gate.',
      description:
        '{{ $labels.instance }} had a gate within the past day and now gives the key of the exporter a shell: somebody has changed authorized_keys, or the machine was installed anew.',
      dashboard: 'security',
    }),
  ],
};
