import { PARTS } from '../../collectors/audit/checks.js';
import type { NodeState } from '../node-state.js';
import type { NodeProfile } from '../profile.js';
import type { Files, Renderer } from './renderer.js';
import { upkeepOf } from './upkeep.js';

/** Units that the audit asks for, and which of them run. */
const UNITS = (
  'ufw.service firewalld.service nftables.service netfilter-persistent.service iptables.service shorewall.service awall.service ' +
  'apt-daily-upgrade.timer dnf-automatic.timer dnf-automatic-install.timer dnf5-automatic.timer'
).split(' ');
const ACTIVE = ['ufw.service', 'apt-daily-upgrade.timer'];

const HOME = '/opt/popcache';
/** User id of the account under which the node software runs. */
const OWNER = 998;

const SYSTEM_SOCKETS = `udp   UNCONN 0      0         127.0.0.54:53        0.0.0.0:*
udp   UNCONN 0      0      127.0.0.53%lo:53        0.0.0.0:*
tcp   LISTEN 0      4096   127.0.0.53%lo:53        0.0.0.0:*
tcp   LISTEN 0      4096      127.0.0.54:53        0.0.0.0:*
tcp   LISTEN 0      4096         0.0.0.0:22        0.0.0.0:*
tcp   LISTEN 0      4096            [::]:22           [::]:*
`;

const part =
  (text: string): Renderer =>
  () =>
    text;

/** What each part of the audit gathers as an account without privileges: a node that is kept well. */
const ANSWERS: Readonly<Record<string, Renderer>> = {
  sshd: part(''),
  keys: part('self pipefleet\nkeys pipefleet 1 0 0 0\ndenied root\ndenied root\n'),
  accounts: part('zero root\nuid 1001\ngroup pipefleet\ngroup popcache\n'),
  units: part(
    UNITS.map((unit) => `Id=${unit}\nActiveState=${ACTIVE.includes(unit) ? 'active' : 'inactive'}\n`).join(
      '\n',
    ),
  ),
  firewall: part('as none\n'),
  sockets: ({ software, fault }, { address }) => {
    const ports = software.startSeconds === undefined ? [] : [80, software.port];
    if (fault === 'port_drift') ports.push(443);
    const own = ports.map((port) => `tcp   LISTEN 0      1024         0.0.0.0:${port}        0.0.0.0:*\n`);
    return `own 22\nss\n${SYSTEM_SOCKETS}udp   UNCONN 0      0      ${address}%eth0:68      0.0.0.0:*\n${own.join('')}`;
  },
  folders: part(`generation testnet
folder 750 0 ${HOME}
file 600 ${OWNER} ${HOME}/.pop_state.json
file 600 ${OWNER} ${HOME}/.pop_state.json.bak
file 600 ${OWNER} ${HOME}/config.json
`),
  writable: part(''),
  processes: ({ software }) => (software.startSeconds === undefined ? '' : `runs pop ${OWNER}\n`),
  containers: part(''),
  updates: (state, profile) =>
    `tool apt-get\ntool unattended-upgrade\nperiodic 1\n${upkeepOf(state, profile).rebootRequired ? 'reboot\n' : ''}kernel ${profile.kernelRelease}\n`,
};

/** What the script of the audit prints. A part that this node knows nothing of ends as a command that is not found. */
export const audit: Renderer = (state: NodeState, profile: NodeProfile, token) => {
  let text = `${token}\n`;
  for (const { name } of PARTS) {
    const render = ANSWERS[name];
    text += `${render?.(state, profile, token) ?? ''}\n@${token} ${name} ${render === undefined ? 127 : 0}\n`;
  }
  return text;
};

const HARDENED = 'PermitRootLogin no\nPasswordAuthentication no\nX11Forwarding no\nMaxAuthTries 4\n';
const OPEN = 'PermitRootLogin yes\nPasswordAuthentication yes\nX11Forwarding no\nMaxAuthTries 4\n';

/** The files that the audit goes by. */
export const auditFiles: Files = {
  '/etc/ssh/sshd_config':
    'Include /etc/ssh/sshd_config.d/*.conf\nKbdInteractiveAuthentication no\nUsePAM yes\nX11Forwarding yes\nPrintMotd no\n',
  '/etc/ssh/sshd_config.d/00-hardening.conf': (_, { blemish }) =>
    blemish === 'root_login' ? OPEN : HARDENED,
  '/etc/ufw/ufw.conf': 'ENABLED=yes\nLOGLEVEL=low\n',
  '/etc/default/ufw': 'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\n',
  '/proc/sys/net/ipv4/ip_forward': '0\n',
  '/proc/sys/net/ipv6/conf/all/forwarding': '0\n',
  '/proc/sys/fs/suid_dumpable': '0\n',
  '/proc/sys/kernel/randomize_va_space': '2\n',
};
