import { failed, passed, unknown, type AuditCheck, type Verdict } from './check.js';
import { hasContainers } from './containers.js';
import type { Evidence } from './evidence.js';

const FORWARD_4 = '/proc/sys/net/ipv4/ip_forward';
const FORWARD_6 = '/proc/sys/net/ipv6/conf/all/forwarding';
const DUMPABLE = '/proc/sys/fs/suid_dumpable';
const RANDOMIZE = '/proc/sys/kernel/randomize_va_space';
export const KERNEL_FILES = [FORWARD_4, FORWARD_6, DUMPABLE, RANDOMIZE];

const sysctl = (line: string): string =>
  `echo '${line}' >> /etc/sysctl.d/90-hardening.conf && sysctl --system`;

export const kernelChecks: readonly AuditCheck[] = [
  {
    id: 'address-randomization',
    title: 'The kernel places programs at addresses that nobody can guess',
    severity: 'warning',
    why: 'Without it, one flaw in the node software or sshd is much easier to use.',
    mend: sysctl('kernel.randomize_va_space = 2'),
    seenIn: `\`${RANDOMIZE}\``,
    parts: [],
    judge: (evidence) => judgeNumber(evidence, RANDOMIZE, (value) => value === '2'),
  },
  {
    id: 'core-dumps',
    title: 'Programs that change their account leave no core dumps that others can read',
    severity: 'info',
    why: 'A core dump holds keys and passwords as they were in memory.',
    mend: sysctl('fs.suid_dumpable = 0'),
    seenIn: `\`${DUMPABLE}\``,
    parts: [],
    judge: (evidence) => judgeNumber(evidence, DUMPABLE, (value) => value !== '1'),
  },
  {
    id: 'ip-forwarding',
    title: 'The kernel forwards no packets, unless containers need it',
    severity: 'info',
    why: 'A node is no router; one that forwards can be used to reach networks behind it.',
    mend: sysctl('net.ipv4.ip_forward = 0'),
    lockOut: 'Tunnels (WireGuard, Tailscale exit nodes) and virtual machines stop reaching the internet.',
    seenIn: `\`${FORWARD_4}\`, \`${FORWARD_6}\``,
    parts: ['containers'],
    judge: judgeForwarding,
  },
];

function judgeNumber(evidence: Evidence, path: string, isRight: (value: string) => boolean): Verdict {
  const value = evidence.files.get(path)?.trim() ?? '';
  if (!/^\d+$/.test(value)) return unknown(`${path} could not be read.`);
  return isRight(value) ? passed(`${path} is ${value}.`) : failed(`${path} is ${value}.`);
}

function judgeForwarding(evidence: Evidence): Verdict {
  if (evidence.files.get(FORWARD_4) === undefined) return unknown(`${FORWARD_4} could not be read.`);
  const on = [FORWARD_4, FORWARD_6].filter((path) => evidence.files.get(path)?.trim() === '1');
  if (on.length === 0) return passed('It forwards nothing.');
  if (hasContainers(evidence)) return passed('It forwards, and containers run here.');
  return failed(`${on.join(' and ')} ${on.length > 1 ? 'are' : 'is'} 1, and no containers run here.`);
}
