import { promql, type RecordingGroup, type RecordingRule } from '../rule.js';

/** A comparison with peers needs at least so many of them; with fewer there is none. */
export const FEWEST_PEERS = 4;

/** Nodes that send less than this on a common day are too quiet to be judged by their traffic, in bytes a second. */
export const QUIET_BYTES = 12_500;

const SENT = 'instance:node_network_transmit_bytes:rate5m';
const HITS = 'instance:pipe_node_cache_hits_per_requests:ratio_rate5m';

/**
 * What is usual. A node is compared with its own past day (its median, which an outage of hours does not move), then with
 * what its peers did against theirs: a lull of the whole network cancels out. What is left is compared with how much it
 * commonly varies, the median of its absolute deviations (MAD).
 */
export const BASELINE_RULES: RecordingGroup = {
  name: 'pipefleet-baseline',
  interval: '2m',
  rules: [
    dayMedian('instance:node_network_transmit_bytes:median1d', SENT),
    {
      record: 'instance:node_network_transmit_bytes_per_day:ratio',
      note: 'Traffic now by the usual traffic of the node.',
      expr: () => `${SENT} / (instance:node_network_transmit_bytes:median1d > ${QUIET_BYTES})`,
    },
    {
      record: 'instance:node_network_transmit_bytes_per_peers:ratio',
      note: 'By the same of its peers, of the fleet where those are too few.',
      expr: ({ peers }) => perPeers('instance:node_network_transmit_bytes_per_day:ratio', '/', peers),
    },
    dayMedian(
      'instance:node_network_transmit_bytes_per_peers:median1d',
      'instance:node_network_transmit_bytes_per_peers:ratio',
    ),
    dayMad(
      'instance:node_network_transmit_bytes_per_peers:mad1d',
      'instance:node_network_transmit_bytes_per_peers:ratio - instance:node_network_transmit_bytes_per_peers:median1d',
    ),
    dayMedian('instance:pipe_node_cache_hits_per_requests:median1d', HITS),
    {
      record: 'instance:pipe_node_cache_hits_per_requests_less_day:difference',
      expr: () => `${HITS} - instance:pipe_node_cache_hits_per_requests:median1d`,
    },
    {
      record: 'instance:pipe_node_cache_hits_per_requests_less_peers:difference',
      expr: ({ peers }) =>
        perPeers('instance:pipe_node_cache_hits_per_requests_less_day:difference', '-', peers),
    },
    dayMad(
      'instance:pipe_node_cache_hits_per_requests_less_peers:mad1d',
      'instance:pipe_node_cache_hits_per_requests_less_peers:difference',
    ),
    {
      record: 'instance:node_network_transmit_bytes:avg1d',
      expr: ({ node }) => `avg_over_time(${SENT}[1d:5m]) and up{${node}}`,
    },
    {
      record: 'instance:node_network_transmit_bytes:p95_1d',
      expr: ({ node }) => `quantile_over_time(0.95, ${SENT}[1d:5m]) and up{${node}}`,
    },
    {
      record: 'job_peers:node_network_transmit_bytes:median_avg1d',
      note: 'What a middling node of the region sends in a day.',
      expr: ({ peers }) => promql`
        quantile by (job, ${peers}) (0.5, instance:node_network_transmit_bytes:avg1d{${peers}!=""})
          and count by (job, ${peers}) (instance:node_network_transmit_bytes:avg1d{${peers}!=""}) >= ${FEWEST_PEERS}`,
    },
  ],
};

/** The median of a day, of nodes that have been there for most of one. */
function dayMedian(record: string, series: string): RecordingRule {
  return {
    record,
    expr: ({ node }) => promql`
      quantile_over_time(0.5, ${series}[1d:5m])
        and count_over_time(${series}[1d:1h]) >= 16
        and up{${node}}`,
  };
}

function dayMad(record: string, deviation: string): RecordingRule {
  return {
    record,
    expr: ({ node }) => promql`
      quantile_over_time(0.5, abs(${deviation})[1d:5m]) and up{${node}}`,
  };
}

function perPeers(series: string, operator: '/' | '-', peers: string): string {
  const guard = operator === '/' ? ' > 0' : '';
  return promql`
    ${series}{${peers}!=""}
      ${operator} on (job, ${peers}) group_left () (
        quantile by (job, ${peers}) (0.5, ${series}{${peers}!=""})${guard}
          and count by (job, ${peers}) (${series}{${peers}!=""}) >= ${FEWEST_PEERS}
      )
    or
    ${series}
      ${operator} on (job) group_left () (
        quantile by (job) (0.5, ${series})${guard}
          and count by (job) (${series}) >= ${FEWEST_PEERS}
      )`;
}
