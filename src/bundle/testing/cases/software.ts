import { fires, INVENTORY, NODE, silent, type AlertCase } from '../rule-case.js';

const TESTNET = `${NODE}, generation="testnet"`;
const CACHE_STATS = `${TESTNET}, endpoint="cache_stats"`;
const HTTP_UP = `pipe_node_http_up{${TESTNET}}`;
const NOT_AFTER = `pipe_node_tls_certificate_not_after_timestamp_seconds{${INVENTORY}}`;
const PANIC_IN_JOURNAL = `${INVENTORY}, name="popcache.service", class="panic"`;
const PORT_IN_LOG = `${INVENTORY}, file="/opt/popcache/log", class="port_in_use"`;
const PUBLIC_PORT = `${INVENTORY}, port="443"`;

/** The node software and what clients meet. What is not here is in prometheus/tests. */
export const SOFTWARE_CASES: readonly AlertCase[] = [
  fires(
    'PipeNodeEndpointDown',
    'one endpoint fell silent, others answer',
    { [`pipe_node_endpoint_up{${CACHE_STATS}}`]: '1x20 0x60', [HTTP_UP]: '1x80' },
    '30m',
    CACHE_STATS,
    'The endpoint cache_stats of the testnet software on fra-1 has not answered for ten minutes, while others do. What it tells is missing.',
  ),
  silent(
    'PipeNodeEndpointDown',
    'a version that never had the endpoint',
    { [`pipe_node_endpoint_up{${CACHE_STATS}}`]: '0x80', [HTTP_UP]: '1x80' },
    '30m',
  ),
  silent(
    'PipeNodeEndpointDown',
    'none answers: another alert',
    { [`pipe_node_endpoint_up{${CACHE_STATS}}`]: '1x20 0x60', [HTTP_UP]: '1x20 0x60' },
    '30m',
  ),
  fires(
    'PipeNodeHealthBad',
    'the software says that it is not well',
    { [`pipe_node_health_ok{${TESTNET}}`]: '0x60' },
    '20m',
    TESTNET,
    'The health endpoint of the testnet software on fra-1 answers, and says for ten minutes that something is wrong.',
  ),
  silent(
    'PipeNodeHealthBad',
    'for some minutes after a start',
    { [`pipe_node_health_ok{${TESTNET}}`]: '0x8 1x60' },
    '6m',
  ),
  fires(
    'PipeNodeOriginErrors',
    'a tenth of the requests fail',
    {
      [`pipe_node_window_origin_errors{${NODE}}`]: '6x80',
      [`pipe_node_window_requests{${NODE}}`]: '60x80',
    },
    '35m',
    NODE,
    '10% of the requests that were seen on fra-1 in the past 15 minutes failed at their origin.',
  ),
  silent(
    'PipeNodeOriginErrors',
    'the same share of next to nothing',
    {
      [`pipe_node_window_origin_errors{${NODE}}`]: '0x10 1 0x69',
      [`pipe_node_window_requests{${NODE}}`]: '0x10 2 0x69',
    },
    '35m',
  ),
  fires(
    'PipeNodeLogTrouble',
    'a panic in the journal',
    { [`pipe_node_journal_recent_lines{${PANIC_IN_JOURNAL}}`]: '0x20 2x10 0x30' },
    '13m',
    PANIC_IN_JOURNAL,
    'The log of fra-1 (popcache.service) has 2 new lines of class panic.',
  ),
  fires(
    'PipeNodeLogTrouble',
    'a file has more lines of a class than half an hour ago',
    { [`pipe_node_log_recent_lines{${PORT_IN_LOG}}`]: '1x80 4x10' },
    '42m',
    PORT_IN_LOG,
    'The log of fra-1 (/opt/popcache/log) has 3 new lines of class port_in_use.',
  ),
  silent(
    'PipeNodeLogTrouble',
    'old lines stay in a file until newer ones push them out',
    { [`pipe_node_log_recent_lines{${PORT_IN_LOG}}`]: '4x40 3x60' },
    '42m',
  ),
  fires(
    'PipeNodeTlsLost',
    'plain HTTP on the TLS port',
    { [`pipe_node_tls_active{${INVENTORY}}`]: '1x10 0x60' },
    '20m',
    INVENTORY,
    'Something listens on the TLS port of fra-1 and has not spoken TLS for ten minutes. The software serves plain HTTP there when it has no certificate; clients cannot use it.',
  ),
  silent(
    'PipeNodeTlsLost',
    'one failed handshake',
    { [`pipe_node_tls_active{${INVENTORY}}`]: '1x10 0x4 1x60' },
    '8m',
  ),
  fires(
    'PipeNodeCertificateExpiring',
    'ten days are left',
    { [NOT_AFTER]: '871200x200' },
    '2h',
    INVENTORY,
    'The certificate on the TLS port of fra-1 expires in 10d 0h 0m 0s and was not renewed.',
    { interval: '1m' },
  ),
  silent('PipeNodeCertificateExpiring', 'a month is left', { [NOT_AFTER]: '2592000x200' }, '2h', {
    interval: '1m',
  }),
  fires(
    'PipeNodeCertificateExpired',
    'an hour is left',
    { [NOT_AFTER]: '10800x200' },
    '2h',
    INVENTORY,
    'The certificate on the TLS port of fra-1 has 1h 0m 0s left. Without a valid one clients turn away.',
    { interval: '1m' },
  ),
  silent('PipeNodeCertificateExpired', 'ten days are left', { [NOT_AFTER]: '871200x200' }, '2h', {
    interval: '1m',
  }),
  fires(
    'PipeNodePortClosed',
    'the software runs, the port is closed',
    { [`pipe_node_port_listening{${PUBLIC_PORT}}`]: '0x60', [HTTP_UP]: '1x60' },
    '20m',
    PUBLIC_PORT,
    'Nothing has listened on port 443 of fra-1 for ten minutes, although the software runs.',
  ),
  silent(
    'PipeNodePortClosed',
    'the software does not run: another alert',
    { [`pipe_node_port_listening{${PUBLIC_PORT}}`]: '0x60', [HTTP_UP]: '0x60' },
    '20m',
  ),
];
