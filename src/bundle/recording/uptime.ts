import { promql, type RecordingGroup } from '../rule.js';

/** Hours of a month of 30 days. */
export const PERIOD_HOURS = 720;

/** Of the hours of a day, so many must have a report for the day to count. */
export const COUNTING_SHARE = 0.75;

/**
 * Uptime as the networks define it, from what the exporter saw. Neither network lets its own figure be asked for, so these are
 * estimates. Devnet and testnet scored seven days: reports are grouped by hour, a day counts when at least 75 % of its hours
 * have one, and the score is the mean of the days that count (the project's devnet documentation). Mainnet wants 98 % of a month.
 */
export const UPTIME_RULES: RecordingGroup = {
  name: 'pipefleet-uptime',
  interval: '1m',
  rules: [
    {
      record: 'instance:pipe_node_up:bool',
      note: 'Whether the software answers; of the host alone, where no software is known to answer anything.',
      expr: ({ node }) => promql`
        probe_success{${node}}
          * on (job, instance) group_left () max by (job, instance) (pipe_node_http_up{${node}})
        or probe_success{${node}}`,
    },
    {
      record: 'instance:pipe_node_up:avg1h',
      expr: ({ node }) => `avg_over_time(instance:pipe_node_up:bool[1h]) and up{${node}}`,
    },
    {
      record: 'instance:pipe_node_up:max1h',
      note: 'Whether the past hour had a single sign of life: an hour that counts.',
      expr: ({ node }) => `max_over_time(instance:pipe_node_up:bool[1h]) and up{${node}}`,
    },
    {
      record: 'instance:pipe_node_up:avg1d',
      expr: ({ node }) => `avg_over_time(instance:pipe_node_up:avg1h[1d:1h]) and up{${node}}`,
    },
    {
      record: 'instance:pipe_node_hours_up:ratio1d',
      note: 'Of the hours that were watched, when they are enough to tell. An exporter that stood still is no fault of the node.',
      expr: ({ node }) => promql`
        avg_over_time(instance:pipe_node_up:max1h[1d:1h])
          and count_over_time(instance:pipe_node_up:max1h[1d:1h]) >= ${24 * COUNTING_SHARE}
          and up{${node}}`,
    },
    {
      record: 'instance:pipe_node_days_up:sum7d',
      note: 'Days that count, of the last seven whole days in UTC.',
      expr: ({ node }) => promql`
        sum_over_time((instance:pipe_node_hours_up:ratio1d >= bool ${COUNTING_SHARE})[7d:1d]) and up{${node}}`,
    },
    {
      record: 'instance:pipe_node_days_up:ratio7d',
      note: 'Share of those days that were watched which count: a new node has not missed the days before it.',
      expr: ({ node }) => promql`
        avg_over_time((instance:pipe_node_hours_up:ratio1d >= bool ${COUNTING_SHARE})[7d:1d]) and up{${node}}`,
    },
    {
      record: 'instance:pipe_node_days_up:avg7d',
      note: 'Mean uptime of those days. A day that does not count lowers it by its absence from the days above, not here.',
      expr: ({ node }) => promql`
        sum_over_time(
          (instance:pipe_node_up:avg1d * (instance:pipe_node_hours_up:ratio1d >= bool ${COUNTING_SHARE}))[7d:1d]
        )
          / (instance:pipe_node_days_up:sum7d > 0)
          and up{${node}}`,
    },
    {
      record: 'instance:pipe_node_down_hours:sum30d',
      note: 'Hours without service in the past 30 days, as far as they were watched.',
      expr: ({ node }) => `sum_over_time((1 - instance:pipe_node_up:avg1h)[30d:1h]) and up{${node}}`,
    },
    {
      record: 'instance:pipe_node_up:avg30d',
      expr: ({ node }) => `avg_over_time(instance:pipe_node_up:avg1h[30d:1h]) and up{${node}}`,
    },
  ],
};
