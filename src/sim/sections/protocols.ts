import { packetsOf } from './packets.js';
import { type Files, uptimeOf, whole } from './renderer.js';

/** The fields of Linux 6.8, of which most never move on a node without trouble. */
const TCP_EXT = (
  'SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned OfoPruned OutOfWindowIcmps LockDroppedIcmps ArpFilter ' +
  'TW TWRecycled TWKilled PAWSActive PAWSEstab DelayedACKs DelayedACKLocked DelayedACKLost ListenOverflows ListenDrops TCPHPHits TCPPureAcks ' +
  'TCPHPAcks TCPRenoRecovery TCPSackRecovery TCPSACKReneging TCPSACKReorder TCPRenoReorder TCPTSReorder TCPFullUndo TCPPartialUndo ' +
  'TCPDSACKUndo TCPLossUndo TCPLostRetransmit TCPRenoFailures TCPSackFailures TCPLossFailures TCPFastRetrans TCPSlowStartRetrans ' +
  'TCPTimeouts TCPLossProbes TCPLossProbeRecovery TCPRcvCollapsed TCPBacklogCoalesce TCPAbortOnData TCPAbortOnClose TCPAbortOnTimeout ' +
  'TCPMemoryPressures TCPBacklogDrop TCPTimeWaitOverflow TCPReqQFullDoCookies TCPReqQFullDrop TCPRetransFail TCPRcvCoalesce TCPOFOQueue ' +
  'TCPOFODrop TCPOFOMerge TCPSynRetrans TCPOrigDataSent TCPKeepAlive TCPDelivered TCPRcvQDrop'
).split(' ');
const TCP_EXT_HEAD = `TcpExt: ${TCP_EXT.join(' ')}\nTcpExt:`;
const IP_EXT_HEAD =
  'IpExt: InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts InOctets OutOctets\nIpExt: 0 0 0 0 0 0';
const UDP_FIELDS =
  'InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors';

/** Bytes of the head of a packet below IP. */
const LINK_HEAD = 14;
/** Share of the segments that are sent again, and of the requests that lose their first packet. */
const LOST = 0.001_4;
const LOST_SYN = 0.000_8;

/** Counts of the protocols since boot, see proc_pid_net(5). The node is asked over IPv4 alone. */
export const protocols: Files = {
  '/proc/net/netstat': ({ network }) => {
    const { received, sent } = packetsOf(network);
    const lost = sent * LOST;
    const counts: Readonly<Record<string, number>> = {
      TW: network.requests * 0.8,
      DelayedACKs: received * 0.03,
      TCPHPHits: received * 0.2,
      TCPPureAcks: received * 0.4,
      TCPHPAcks: received * 0.3,
      TCPSackRecovery: lost * 0.2,
      TCPLostRetransmit: lost * 0.05,
      TCPFastRetrans: lost * 0.7,
      TCPTimeouts: lost * 0.06,
      TCPLossProbes: lost * 0.2,
      TCPAbortOnData: network.requests * 0.01,
      TCPAbortOnClose: network.requests * 0.004,
      TCPRcvCoalesce: received * 0.3,
      TCPOFOQueue: received * 0.000_9,
      TCPSynRetrans: network.requests * LOST_SYN,
      TCPOrigDataSent: sent * 0.9,
      TCPDelivered: sent * 0.9,
    };
    let text = TCP_EXT_HEAD;
    for (const field of TCP_EXT) text += ` ${whole(counts[field] ?? 0)}`;
    const octets = [network.receivedBytes - received * LINK_HEAD, network.sentBytes - sent * LINK_HEAD];
    return `${text}\n${IP_EXT_HEAD} ${octets.map(whole).join(' ')}\n`;
  },
  '/proc/net/snmp': (state) => {
    const { network } = state;
    const { received, sent } = packetsOf(network);
    const uptime = uptimeOf(state);
    const asked = uptime * 0.04;
    const [segmentsIn, segmentsOut, again, resets] = [
      received,
      sent,
      sent * LOST,
      network.requests * 0.012,
    ].map(whole);
    return `Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates
Ip: 2 64 ${segmentsIn} 0 0 0 0 0 ${segmentsIn} ${segmentsOut} 20 0 0 0 0 0 0 0 0
Icmp: InMsgs InErrors InCsumErrors OutMsgs OutErrors
Icmp: ${whole(uptime * 0.02)} 0 0 ${whole(uptime * 0.018)} 0
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
Tcp: 1 200 120000 -1 ${whole(network.requests * 0.07 + uptime * 0.02)} ${whole(network.requests)} ${whole(uptime * 0.001)} ${resets} ${network.connections} ${segmentsIn} ${segmentsOut} ${again} 0 ${resets} 0
Udp: ${UDP_FIELDS}
Udp: ${whole(asked)} ${whole(asked * 0.01)} 0 ${whole(asked)} 0 0 0 0 0
UdpLite: ${UDP_FIELDS}
UdpLite: 0 0 0 0 0 0 0 0 0
`;
  },
  '/proc/net/snmp6': (state) => {
    const uptime = uptimeOf(state);
    const fields: Readonly<Record<string, number>> = {
      Ip6InReceives: uptime * 0.01,
      Ip6InDelivers: uptime * 0.01,
      Ip6OutRequests: uptime * 0.008,
      Ip6InOctets: uptime * 0.9,
      Ip6OutOctets: uptime * 0.5,
      Icmp6InMsgs: uptime * 0.01,
      Icmp6InErrors: 0,
      Icmp6OutMsgs: uptime * 0.008,
      Udp6InDatagrams: 0,
      Udp6NoPorts: 0,
      Udp6InErrors: 0,
      Udp6OutDatagrams: 0,
      Udp6RcvbufErrors: 0,
      Udp6SndbufErrors: 0,
      UdpLite6InErrors: 0,
    };
    let text = '';
    for (const field in fields) text += `${field.padEnd(32)}\t${whole(fields[field] ?? 0)}\n`;
    return text;
  },
};
