import { COUNTED_TWICE } from '../devices.js';
import { alert, promql, type AlertGroup } from '../rule.js';

export const NETWORK_ALERTS: AlertGroup = {
  name: 'pipefleet-network',
  alerts: [
    alert({
      name: 'PipeNodeNetworkErrors',
      severity: 'warning',
      settings: {
        share: { value: 0.01, meaning: 'share of packets that were damaged' },
        packets: { value: 10, meaning: 'packets a second below which nothing is judged' },
      },
      expr: ({ node, range }, { share, packets }) => promql`
        (
          rate(node_network_receive_errs_total{${node}, device!~"${COUNTED_TWICE}"}[${range('10m')}])
            + rate(node_network_transmit_errs_total{${node}}[${range('10m')}])
        )
          / (
            rate(node_network_receive_packets_total{${node}}[${range('10m')}])
              + rate(node_network_transmit_packets_total{${node}}[${range('10m')}])
              > ${packets}
          )
          > ${share}`,
      for: '30m',
      keepFiringFor: '10m',
      summary: 'The network of a Pipe node damages packets.',
      description:
        '{{ $value | humanizePercentage }} of the packets of {{ $labels.device }} on {{ $labels.instance }} were damaged for half an hour.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeNetworkSaturated',
      severity: 'warning',
      note: 'Of machines that know the speed of their link; most virtual ones do not.',
      settings: { share: { value: 0.8, meaning: 'share of the speed of the link' } },
      expr: (_, { share }) => promql`
        min_over_time(instance:node_network_transmit_bytes:rate5m[15m])
          / instance:node_network_speed_bytes:sum
          > ${share}`,
      for: '15m',
      keepFiringFor: '10m',
      summary: 'The link of a Pipe node is nearly full.',
      description:
        '{{ $labels.instance }} sent at least {{ $value | humanizePercentage }} of what its link can carry for half an hour. Clients get it slower than they could.',
      dashboard: 'capacity',
    }),
    alert({
      name: 'PipeNodeConntrackHigh',
      severity: 'warning',
      settings: { share: { value: 0.75, meaning: 'share of the connections that can be tracked' } },
      expr: ({ node, range }, { share }) => promql`
        min_over_time(node_nf_conntrack_entries{${node}}[${range('5m')}])
          / node_nf_conntrack_entries_limit{${node}}
          > ${share}`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'A Pipe node can track few more connections.',
      description:
        '{{ $labels.instance }} tracks {{ $value | humanizePercentage }} of the connections that it can. When none is left, new ones are dropped without a word.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeFilesOpenHigh',
      severity: 'warning',
      settings: { share: { value: 0.85, meaning: 'share of the files that a process may have open' } },
      expr: ({ node, range }, { share }) => promql`
        min_over_time(pipe_node_process_open_fds{${node}}[${range('5m')}])
          / pipe_node_process_max_fds{${node}}
          > ${share}`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'The Pipe software of a node can open few more files and connections.',
      description:
        '{{ $labels.name }} on {{ $labels.instance }} has {{ $value | humanizePercentage }} of the files and connections open that it may have. When none is left, it takes no new ones.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeConnectionsLost',
      severity: 'info',
      settings: { connections: { value: 100, meaning: 'connections lost in 15 minutes' } },
      expr: ({ node }, { connections }) =>
        `increase(node_netstat_TcpExt_ListenOverflows{${node}}[15m]) > ${connections}`,
      for: '5m',
      keepFiringFor: '10m',
      summary: 'A Pipe node loses connections since they are not accepted in time.',
      description:
        '{{ $labels.instance }} lost about {{ $value | humanize }} new connections in the past 15 minutes, as the queue of a listening socket was full.',
      dashboard: 'node',
    }),
  ],
};
