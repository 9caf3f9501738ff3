import { PERIOD_HOURS } from '../recording/uptime.js';
import { alert, promql, type AlertGroup } from '../rule.js';

const OBJECTIVE = {
  value: 0.98,
  meaning: 'share of a month that the node is to be up; mainnet asks for 0.98',
};

/** Hours of a month that a node may be down. */
const budget = (objective: number): string => `${PERIOD_HOURS} * (1 - ${objective})`;

export const UPTIME_ALERTS: AlertGroup = {
  name: 'pipefleet-uptime-budget',
  alerts: [
    alert({
      name: 'PipeNodeUptimeAtRisk',
      severity: 'warning',
      note: 'Before it is lost: three quarters are gone, or the rest goes within days at the pace of the past day.',
      settings: {
        objective: OBJECTIVE,
        share: { value: 0.75, meaning: 'share of the hours that it may be down which is used up' },
        days: { value: 3, meaning: 'days in which the rest would be gone' },
      },
      expr: (_, { objective, share, days }) => promql`
        (
          instance:pipe_node_down_hours:sum30d / (${budget(objective)}) > ${share}
          or
          instance:pipe_node_down_hours:sum30d / (${budget(objective)})
            and instance:pipe_node_down_hours:sum30d + ${days} * 24 * (1 - instance:pipe_node_up:avg1d) > ${budget(objective)}
        ) < 1`,
      for: '15m',
      keepFiringFor: '1h',
      summary: 'A Pipe node is about to miss the uptime of the month.',
      description:
        '{{ $labels.instance }} has used {{ $value | humanizePercentage }} of the hours that it may be down in 30 days, or will have used all of them within days if it goes on as in the past day.',
      dashboard: 'reliability',
    }),
    alert({
      name: 'PipeNodeUptimeLost',
      severity: 'warning',
      settings: { objective: OBJECTIVE },
      expr: (_, { objective }) => promql`
        instance:pipe_node_down_hours:sum30d / (${budget(objective)}) >= 1`,
      for: '15m',
      keepFiringFor: '1h',
      summary: 'A Pipe node has missed the uptime of the month.',
      description:
        '{{ $labels.instance }} was down for {{ $value | humanizePercentage }} of the hours that it may be down in 30 days, as the exporter saw it. What the network itself counted decides.',
      dashboard: 'reliability',
    }),
  ],
};
