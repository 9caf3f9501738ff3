import { DEVNET_PORT } from '../../core/software.js';
import { failed, listed, passed, unknown, type AuditCheck, type Verdict } from './check.js';
import { linesOf, says, type Evidence, type EvidencePart } from './evidence.js';
import { readSshdSettings } from './sshd-settings.js';
import { splitWords } from '../text.js';

/** Listening sockets that are read. */
const MOST = 400;

/** The port of sshd is the one that this very connection came in by. */
export const socketsPart: EvidencePart = {
  name: 'sockets',
  seconds: 3,
  script: `
printf 'own %s\\n' "\${SSH_CONNECTION##* }"
if command -v ss >/dev/null; then
echo ss; ss -Hltun | head -n ${MOST}
elif command -v netstat >/dev/null; then
echo netstat; netstat -ltun | head -n ${MOST}
fi`,
};

/** Ports at which clients listen for an answer to their own questions: DHCP, for both families. */
const CLIENT_UDP = [68, 546];
/** Docker's API without TLS: whoever reaches it is root. */
const DOCKER_API = 2375;
const SEEN_IN = '`ss -ltun`, or `netstat -ltun`';
const FIREWALL_HINT = 'or admit it in the firewall to those alone who need it';

export const socketChecks: readonly AuditCheck[] = [
  {
    id: 'docker-api',
    title: `Docker's API is not offered to the network on port ${DOCKER_API}`,
    severity: 'critical',
    why: 'Whoever reaches it is root on the node without any password; miners look for it all day.',
    mend: 'take "tcp://…" out of "hosts" in /etc/docker/daemon.json and of -H in the unit, then systemctl restart docker',
    lockOut: 'Restarting Docker stops containers that have no restart policy.',
    seenIn: SEEN_IN,
    parts: ['sockets'],
    judge: (evidence) =>
      judgeSockets(evidence, (sockets) => {
        const open = sockets.filter(({ port, protocol }) => port === DOCKER_API && protocol === 'tcp');
        return open.length > 0
          ? failed(`${addresses(open)} is open.`)
          : passed(`Nobody listens on port ${DOCKER_API} for the network.`);
      }),
  },
  {
    id: 'local-ports-only',
    title: 'Health, metrics and the storage port of the node software listen on the loopback address alone',
    severity: 'critical',
    why: 'They are made for the node itself and ask nobody who he is.',
    mend: 'for Lattice LATTICE_BIND=127.0.0.1:7101 in /etc/pipe-node/node.env; with Docker publish as 127.0.0.1:PORT:PORT; else ufw deny PORT/tcp',
    lockOut: 'Restarting the node software costs uptime.',
    seenIn: `${SEEN_IN}, for the software that stands on the node`,
    parts: ['sockets', 'folders'],
    judge: judgeLocalPorts,
  },
  {
    id: 'public-tcp-listeners',
    title: 'Only sshd and the ports of the node software listen for the network, TCP',
    severity: 'warning',
    why: 'Every other service is one more door; ports that Docker publishes pass ufw by.',
    mend: `ss -ltnp shows whose they are; let the service listen on 127.0.0.1, stop it, ${FIREWALL_HINT}`,
    lockOut: 'A service that somebody uses from outside is out of reach.',
    seenIn: SEEN_IN,
    parts: ['sockets', 'sshd', 'folders'],
    judge: (evidence) => judgeSockets(evidence, (sockets) => judgeListeners(evidence, sockets, 'tcp')),
  },
  {
    id: 'public-udp-listeners',
    title: 'Only the ports of the node software and DHCP listen for the network, UDP',
    severity: 'info',
    why: 'A forgotten resolver or portmapper answers forged senders and takes part in attacks on others.',
    mend: `ss -lunp shows whose they are; let the service listen on 127.0.0.1, stop it, ${FIREWALL_HINT}`,
    lockOut: 'A tunnel such as WireGuard stops when its port is closed.',
    seenIn: SEEN_IN,
    parts: ['sockets', 'sshd', 'folders'],
    judge: (evidence) => judgeSockets(evidence, (sockets) => judgeListeners(evidence, sockets, 'udp')),
  },
];

interface Socket {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

const ADDRESS = /^(?<address>.*):(?<port>\d{1,5})$/;

/** Sockets that listen for others than the node itself and its private networks, without those that come twice. */
function readPublicSockets(evidence: Evidence, local = LOCAL): Socket[] | undefined {
  const isNetstat = says(evidence, 'sockets', 'netstat');
  if (!isNetstat && !says(evidence, 'sockets', 'ss')) return undefined;
  const found = new Map<string, Socket>();
  for (const line of evidence.parts.get('sockets')?.lines ?? []) {
    const words = splitWords(line);
    const protocol = /^(?<name>tcp|udp)6?$/.exec(words[0] ?? '')?.groups?.['name'];
    // ss: protocol, state, two queues, address; netstat: protocol, two queues, address.
    const { address, port } = ADDRESS.exec(words[isNetstat ? 3 : 4] ?? '')?.groups ?? {};
    if (protocol === undefined || address === undefined || port === undefined) continue;
    // `[ADDRESS]%DEVICE` or `[ADDRESS%DEVICE]`, with brackets or without.
    const [bare = ''] = address.split('%', 1);
    const plain = bare.replace(/^\[|\]$/g, '').replace(/^::ffff:(?=\d+\.)/i, '');
    if (local.test(plain)) continue;
    const socket: Socket = {
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
      address: plain,
      port: Number(port),
    };
    found.set(`${protocol} ${port}`, found.get(`${protocol} ${port}`) ?? socket);
  }
  return [...found.values()].sort((a, b) => a.port - b.port);
}

/** Loopback, link-local, private (RFC 1918, RFC 6598, RFC 4193): out of reach for the internet. */
const LOCAL =
  /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|fe[89ab][0-9a-f]:|f[cd][0-9a-f]{2}:)/i;
/** Many providers pass what comes to a public address on to a private one of the machine. */
const LOOPBACK = /^(?:127\.|::1$)/;

function judgeSockets(evidence: Evidence, judge: (sockets: Socket[]) => Verdict, local = LOCAL): Verdict {
  const sockets = readPublicSockets(evidence, local);
  return sockets === undefined ? unknown('The node has neither ss nor netstat.') : judge(sockets);
}

function judgeListeners(evidence: Evidence, sockets: readonly Socket[], protocol: 'tcp' | 'udp'): Verdict {
  const { httpPort, httpsPort } = evidence.software;
  const generations = linesOf(evidence, 'folders', 'generation');
  const expected = new Set([
    httpPort,
    httpsPort,
    ...(protocol === 'tcp' ? sshPorts(evidence) : CLIENT_UDP),
    // The testnet software takes the next port when the one for TLS is taken.
    ...(protocol === 'tcp' && generations.includes('testnet') ? [httpsPort + 1] : []),
    ...(protocol === 'tcp' && generations.includes('devnet') ? [DEVNET_PORT] : []),
  ]);
  const others = sockets.filter((socket) => socket.protocol === protocol && !expected.has(socket.port));
  if (others.length > 0) return failed(`${addresses(others)} ${others.length > 1 ? 'are' : 'is'} open.`);
  if ((evidence.parts.get('sockets')?.lines.length ?? 0) >= MOST) {
    return unknown(`More than ${MOST} sockets listen, and not all were looked at.`);
  }
  return passed('Nobody else listens for the network.');
}

function sshPorts(evidence: Evidence): number[] {
  const settings = readSshdSettings(evidence);
  const own = Number(linesOf(evidence, 'sockets', 'own')[0] ?? '');
  return [...(own > 0 ? [own] : []), ...('ports' in settings ? settings.ports() : [])];
}

function judgeLocalPorts(evidence: Evidence): Verdict {
  const { controlPort, metricsPort, latticePort } = evidence.software;
  const generations = linesOf(evidence, 'folders', 'generation');
  const ports = [
    ...(generations.includes('mainnet') ? [controlPort, metricsPort] : []),
    ...(generations.includes('lattice') ? [latticePort] : []),
  ];
  if (ports.length === 0) return passed('No software with such a port stands on the node.');
  return judgeSockets(
    evidence,
    (sockets) => {
      const open = sockets.filter(({ protocol, port }) => protocol === 'tcp' && ports.includes(port));
      if (open.length > 0) return failed(`${addresses(open)} ${open.length > 1 ? 'are' : 'is'} open.`);
      return passed(`Nobody listens on ${ports.join(', ')} but on the loopback address.`);
    },
    LOOPBACK,
  );
}

function addresses(sockets: readonly Socket[]): string {
  return listed(
    sockets.map(
      ({ protocol, address, port }) =>
        `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}`,
    ),
  );
}
