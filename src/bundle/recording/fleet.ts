import { promql, type RecordingGroup } from '../rule.js';

/** The whole fleet, and its parts by the label of peers (the region): few series, fit for federation and for years. */
export const FLEET_RULES: RecordingGroup = {
  name: 'pipefleet-fleet',
  rules: [
    { record: 'job:probe_success:count', expr: ({ node }) => `count by (job) (probe_success{${node}})` },
    { record: 'job:probe_success:sum', expr: ({ node }) => `sum by (job) (probe_success{${node}})` },
    {
      record: 'job:node_network_receive_bytes:rate5m',
      expr: () => 'sum by (job) (instance:node_network_receive_bytes:rate5m)',
    },
    {
      record: 'job:node_network_transmit_bytes:rate5m',
      expr: () => 'sum by (job) (instance:node_network_transmit_bytes:rate5m)',
    },
    {
      record: 'job:pipe_node_cache_requests:rate5m',
      expr: () => 'sum by (job) (instance:pipe_node_cache_requests:rate5m)',
    },
    {
      record: 'job:pipe_node_cache_hits_per_requests:ratio_rate5m',
      note: 'From sums: an average of ratios would let an idle node weigh as much as a busy one.',
      expr: () => promql`
        sum by (job) (instance:pipe_node_cache_hits:rate5m)
          / (job:pipe_node_cache_requests:rate5m > 0)`,
    },
    {
      record: 'job_peers:probe_success:count',
      expr: ({ node, peers }) => `count by (job, ${peers}) (probe_success{${node}, ${peers}!=""})`,
    },
    {
      record: 'job_peers:probe_success:sum',
      expr: ({ node, peers }) => `sum by (job, ${peers}) (probe_success{${node}, ${peers}!=""})`,
    },
    {
      record: 'job_peers:node_network_transmit_bytes:rate5m',
      expr: ({ peers }) =>
        `sum by (job, ${peers}) (instance:node_network_transmit_bytes:rate5m{${peers}!=""})`,
    },
    {
      record: 'job_peers:pipe_node_cache_hits_per_requests:ratio_rate5m',
      expr: ({ peers }) => promql`
        sum by (job, ${peers}) (instance:pipe_node_cache_hits:rate5m{${peers}!=""})
          / (sum by (job, ${peers}) (instance:pipe_node_cache_requests:rate5m{${peers}!=""}) > 0)`,
    },
  ],
};
