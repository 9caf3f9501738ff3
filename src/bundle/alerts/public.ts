import { alert, promql, type AlertGroup } from '../rule.js';

/** What clients meet: the public port and its certificate. */
export const PUBLIC_ALERTS: AlertGroup = {
  name: 'pipefleet-public',
  alerts: [
    alert({
      name: 'PipeNodePortDrift',
      severity: 'warning',
      expr: ({ node, range }) => promql`
        last_over_time(pipe_node_server_port{${node}}[${range('5m')}])
          != on (job, instance) group_left ()
            max by (job, instance) (last_over_time(pipe_node_server_port_expected{${node}}[${range('5m')}]))`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'A Pipe node listens on another port than the public expects.',
      description:
        '{{ $labels.instance }} bound its TLS server to port {{ $value | printf "%.0f" }}, not to the expected one; it does so when that one is taken. Clients do not find it there, although it says that it is healthy.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeTlsLost',
      severity: 'critical',
      expr: ({ inventory, range }) =>
        `max_over_time(pipe_node_tls_active{${inventory}}[${range('10m')}]) == 0`,
      for: '2m',
      keepFiringFor: '5m',
      summary: 'A Pipe node does not speak TLS on its public port.',
      description:
        'Something listens on the TLS port of {{ $labels.instance }} and has not spoken TLS for ten minutes. The software serves plain HTTP there when it has no certificate; clients cannot use it.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeCertificateExpiring',
      severity: 'warning',
      settings: { days: { value: 14, meaning: 'days until the certificate expires' } },
      expr: ({ inventory, range }, { days }) =>
        `last_over_time(pipe_node_tls_certificate_not_after_timestamp_seconds{${inventory}}[${range('10m')}]) - time() < ${days} * 86400`,
      for: '1h',
      keepFiringFor: '10m',
      summary: 'The certificate of a Pipe node expires soon.',
      description:
        'The certificate on the TLS port of {{ $labels.instance }} expires in {{ $value | humanizeDuration }} and was not renewed.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeCertificateExpired',
      severity: 'critical',
      settings: { days: { value: 1, meaning: 'days until the certificate expires' } },
      expr: ({ inventory, range }, { days }) =>
        `last_over_time(pipe_node_tls_certificate_not_after_timestamp_seconds{${inventory}}[${range('10m')}]) - time() < ${days} * 86400`,
      for: '5m',
      keepFiringFor: '10m',
      summary: 'The certificate of a Pipe node has expired, or does within a day.',
      description:
        'The certificate on the TLS port of {{ $labels.instance }} has {{ $value | humanizeDuration }} left. Without a valid one clients turn away.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodePortClosed',
      severity: 'warning',
      expr: ({ node, inventory, range }) => promql`
        max_over_time(pipe_node_port_listening{${inventory}}[${range('10m')}]) == 0
          and on (instance) max by (instance) (max_over_time(pipe_node_http_up{${node}}[${range('5m')}])) == 1`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'Nobody listens on a port that a Pipe node should have open.',
      description:
        'Nothing has listened on port {{ $labels.port }} of {{ $labels.instance }} for ten minutes, although the software runs.',
      dashboard: 'node',
    }),
  ],
};
