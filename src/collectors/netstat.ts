import { remember } from '../core/remember.js';
import { ParseError } from './collector.js';
import type { Collector, CollectorInput, MetricSpec, Sample } from './collector.js';
import { fieldOf, parseFile, readCount, splitLines, splitWords } from './text.js';

const NETSTAT = '/proc/net/netstat';
const SNMP = '/proc/net/snmp';
const SNMP6 = '/proc/net/snmp6';

/** The fields that node_exporter passes on by default, with what RFC 4293, RFC 4022, RFC 4113 and the kernel's snmp_counter.rst say. */
const FIELDS: Readonly<Record<string, string>> = {
  Icmp_InErrors: 'ICMP messages received that had errors.',
  Icmp_InMsgs: 'ICMP messages received.',
  Icmp_OutMsgs: 'ICMP messages sent.',
  Icmp6_InErrors: 'ICMPv6 messages received that had errors.',
  Icmp6_InMsgs: 'ICMPv6 messages received.',
  Icmp6_OutMsgs: 'ICMPv6 messages sent.',
  Ip_Forwarding: '1 when the node forwards IPv4 packets, 2 when it does not.',
  IpExt_InOctets: 'Bytes of IPv4 packets received.',
  IpExt_OutOctets: 'Bytes of IPv4 packets sent.',
  Ip6_InOctets: 'Bytes of IPv6 packets received.',
  Ip6_OutOctets: 'Bytes of IPv6 packets sent.',
  Tcp_ActiveOpens: 'TCP connections that the node opened.',
  Tcp_CurrEstab: 'TCP connections that are established or wait to be closed by the node.',
  Tcp_InErrs: 'TCP segments received that were bad.',
  Tcp_InSegs: 'TCP segments received.',
  Tcp_OutRsts: 'TCP segments sent that reset a connection.',
  Tcp_OutSegs: 'TCP segments sent, less those that hold only bytes sent before.',
  Tcp_PassiveOpens: 'TCP connections that others opened to the node.',
  Tcp_RetransSegs: 'TCP segments sent again.',
  TcpExt_ListenDrops: 'TCP connections that a listening socket lost, for whatever reason.',
  TcpExt_ListenOverflows: 'TCP connections lost because the queue of a listening socket was full.',
  TcpExt_SyncookiesFailed: 'SYN cookies received that were not valid.',
  TcpExt_SyncookiesRecv: 'SYN cookies received.',
  TcpExt_SyncookiesSent: 'SYN cookies sent.',
  TcpExt_TCPOFOQueue: 'TCP segments that came out of order and were queued.',
  TcpExt_TCPRcvQDrop: 'TCP segments dropped because the queue of the receiving socket was full.',
  TcpExt_TCPSynRetrans: 'TCP segments with SYN sent again.',
  TcpExt_TCPTimeouts: 'Times that a TCP timer for sending again ran out.',
  Udp_InDatagrams: 'UDP datagrams received.',
  Udp_InErrors: 'UDP datagrams that could not be delivered, for reasons other than a closed port.',
  Udp_NoPorts: 'UDP datagrams received for a closed port.',
  Udp_OutDatagrams: 'UDP datagrams sent.',
  Udp_RcvbufErrors: 'UDP datagrams dropped because the receive buffer of the socket was full.',
  Udp_SndbufErrors: 'UDP datagrams not sent because the send buffer was full.',
  Udp6_InDatagrams: 'UDP datagrams received over IPv6.',
  Udp6_InErrors: 'UDP datagrams over IPv6 that could not be delivered, for reasons other than a closed port.',
  Udp6_NoPorts: 'UDP datagrams received over IPv6 for a closed port.',
  Udp6_OutDatagrams: 'UDP datagrams sent over IPv6.',
  Udp6_RcvbufErrors: 'UDP datagrams over IPv6 dropped because the receive buffer of the socket was full.',
  Udp6_SndbufErrors: 'UDP datagrams over IPv6 not sent because the send buffer was full.',
  UdpLite_InErrors: 'UDP-Lite datagrams that could not be delivered, for reasons other than a closed port.',
  UdpLite6_InErrors:
    'UDP-Lite datagrams over IPv6 that could not be delivered, for reasons other than a closed port.',
};

const PREFIX = 'node_netstat_';
const HEAD = /^(?<protocol>\w+):$/;

/** Protocol → field → metric. */
const METRICS = new Map<string, Map<string, string>>();
for (const name of Object.keys(FIELDS)) {
  const [protocol = '', field = ''] = name.split('_');
  const metrics = METRICS.get(protocol) ?? new Map<string, string>();
  METRICS.set(protocol, metrics.set(field, `${PREFIX}${name}`));
}

/** The names of /proc/net/snmp6, where nothing stands between protocol and field. */
const FIELDS6 = Object.keys(FIELDS).filter((name) => /^[A-Za-z]+6_/.test(name));

/** What a line of names promises: the same of all nodes with the same kernel. */
interface Columns {
  readonly protocol: string | undefined;
  readonly count: number;
  /** Those that are passed on. */
  readonly wanted: readonly { readonly position: number; readonly field: string; readonly metric: string }[];
}

const readColumns = remember(256, (line): Columns => {
  const names = splitWords(line);
  const protocol = HEAD.exec(names[0] ?? '')?.groups?.['protocol'];
  const metrics = METRICS.get(protocol ?? '');
  const wanted = names.flatMap((field, position) => {
    const metric = position === 0 ? undefined : metrics?.get(field);
    return metric === undefined ? [] : [{ position, field, metric }];
  });
  return { protocol, count: names.length, wanted };
});

/** Counts of the protocols. Most only ever grow, but node_exporter leaves their type open, and so do we. */
export const netstat: Collector = {
  name: 'netstat',
  module: 'node',
  summary: 'Counts of IP, ICMP, TCP and UDP since boot: the fields that node_exporter has by default.',
  metrics: Object.fromEntries(
    Object.entries(FIELDS).map(([field, help]): [string, MetricSpec] => [
      `${PREFIX}${field}`,
      { type: 'untyped', help },
    ]),
  ),
  files: [NETSTAT, SNMP, SNMP6],
  parse: (input) => {
    const samples = [
      ...readTable(input, NETSTAT),
      ...readTable(input, SNMP),
      // Missing where IPv6 is switched off in the kernel.
      ...parseFile(input, SNMP6, readList),
    ];
    return [...new Map(samples.map((sample) => [sample.metric, sample])).values()];
  },
};

/** Pairs of lines, `Tcp: ActiveOpens …` and `Tcp: 12 …`, see proc_pid_net(5). */
function readTable(input: CollectorInput, path: string): Sample[] {
  return parseFile(input, path, (text) => {
    const lines = splitLines(text);
    const samples: Sample[] = [];
    for (let index = 0; index < lines.length; index += 2) {
      const { protocol, count, wanted } = readColumns(lines[index] ?? '');
      const values = splitWords(lines[index + 1] ?? '');
      if (protocol === undefined || values[0] !== `${protocol}:` || values.length !== count) {
        throw new ParseError(`${path} has names and values that do not belong together.`);
      }
      for (const { position, field, metric } of wanted)
        samples.push({ metric, value: readCount(values[position], `${path}: ${protocol}_${field}`) });
    }
    return samples;
  });
}

/** A line a field, `Udp6InErrors 0`. */
function readList(text: string): Sample[] {
  return FIELDS6.flatMap((field) => {
    const word = fieldOf(text, field.replace('_', ''))?.trim();
    return word === undefined
      ? []
      : [{ metric: `${PREFIX}${field}`, value: readCount(word, `${SNMP6}: ${field}`) }];
  });
}
