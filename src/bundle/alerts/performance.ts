import { QUIET_BYTES } from '../recording/baseline.js';
import { alert, promql, type AlertGroup } from '../rule.js';

/** 1.4826 median absolute deviations are one standard deviation where deviations are normal. */
const SIGMA = 1.4826;

/** Unlike its own past and unlike its peers: a lull of the whole network alarms nobody. */
export const PERFORMANCE_ALERTS: AlertGroup = {
  name: 'pipefleet-performance',
  alerts: [
    alert({
      name: 'PipeNodeTrafficDrop',
      severity: 'warning',
      settings: {
        share: { value: 0.4, meaning: 'share of its usual traffic, as its peers have it' },
        deviations: { value: 4, meaning: 'usual deviations below what is usual' },
      },
      expr: (_, { share, deviations }) => promql`
        instance:node_network_transmit_bytes_per_peers:ratio
          / (instance:node_network_transmit_bytes_per_peers:median1d > 0)
          < ${share}
          and instance:node_network_transmit_bytes_per_peers:ratio
            < instance:node_network_transmit_bytes_per_peers:median1d
              - ${deviations} * ${SIGMA} * instance:node_network_transmit_bytes_per_peers:mad1d`,
      for: '20m',
      keepFiringFor: '15m',
      summary: 'A Pipe node sends far less than usual, and its peers do not.',
      description:
        '{{ $labels.instance }} sends {{ $value | humanizePercentage }} of what it usually does when its peers do what they do now.',
      dashboard: 'compare',
    }),
    alert({
      name: 'PipeNodeTrafficSpike',
      severity: 'info',
      settings: {
        factor: { value: 3, meaning: 'times its usual traffic, as its peers have it' },
        deviations: { value: 8, meaning: 'usual deviations above what is usual' },
      },
      expr: (_, { factor, deviations }) => promql`
        instance:node_network_transmit_bytes_per_peers:ratio
          / (instance:node_network_transmit_bytes_per_peers:median1d > 0)
          > ${factor}
          and instance:node_network_transmit_bytes_per_peers:ratio
            > instance:node_network_transmit_bytes_per_peers:median1d
              + ${deviations} * ${SIGMA} * instance:node_network_transmit_bytes_per_peers:mad1d`,
      for: '20m',
      keepFiringFor: '15m',
      summary: 'A Pipe node sends far more than usual, and its peers do not.',
      description:
        '{{ $labels.instance }} sends {{ $value | humanize }} times what it usually does when its peers do what they do now. Popular content looks like this, and misuse too.',
      dashboard: 'compare',
    }),
    alert({
      name: 'PipeNodeHitRatioDrop',
      severity: 'warning',
      settings: {
        points: { value: 0.15, meaning: 'share of requests by which hits fell, that of its peers taken off' },
        deviations: { value: 4, meaning: 'usual deviations' },
        requests: { value: 0.5, meaning: 'requests a second below which nothing is judged' },
      },
      expr: (_, { points, deviations, requests }) => promql`
        -instance:pipe_node_cache_hits_per_requests_less_peers:difference > ${points}
          and -instance:pipe_node_cache_hits_per_requests_less_peers:difference
            > ${deviations} * ${SIGMA} * instance:pipe_node_cache_hits_per_requests_less_peers:mad1d
          and instance:pipe_node_cache_requests:rate5m > ${requests}`,
      for: '30m',
      keepFiringFor: '15m',
      summary: 'The cache of a Pipe node hits less than usual, and those of its peers do not.',
      description:
        'The hit ratio of {{ $labels.instance }} is {{ $value | humanizePercentage }} of all requests below what is usual for it, beyond what its peers lost.',
      dashboard: 'compare',
    }),
    alert({
      name: 'PipeNodeUnderperforming',
      severity: 'info',
      settings: {
        share: { value: 0.5, meaning: 'share of what a middling node of the region sends in a day' },
      },
      expr: ({ peers }, { share }) => promql`
        instance:node_network_transmit_bytes:avg1d{${peers}!=""}
          / on (job, ${peers}) group_left () (job_peers:node_network_transmit_bytes:median_avg1d > ${QUIET_BYTES})
          < ${share}`,
      for: '6h',
      keepFiringFor: '1h',
      summary: 'A Pipe node carries much less than its peers.',
      description: ({ peers }) =>
        `Over a day {{ $labels.instance }} sent {{ $value | humanizePercentage }} of what a middling node of {{ $labels.${peers} }} sent.`,
      dashboard: 'compare',
    }),
  ],
};
