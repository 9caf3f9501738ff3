import { failed, listed, passed, unknown, type AuditCheck, type Verdict } from './check.js';
import { linesOf, says, type Evidence, type EvidencePart } from './evidence.js';
import { splitWords } from '../text.js';
import { allow, SUDO_COMMANDS } from './privilege.js';

const UFW = '/etc/ufw/ufw.conf';
const UFW_DEFAULTS = '/etc/default/ufw';
/** Addresses of the node: family is IPv6 alone. */
const IPV6 = '/proc/net/if_inet6';
export const FIREWALL_FILES = [UFW, UFW_DEFAULTS, IPV6];

/** Services that load a firewall, under systemd and OpenRC. */
const SERVICES = ['ufw', 'firewalld', 'nftables', 'netfilter-persistent', 'iptables', 'shorewall', 'awall'];

/** Rule sets that nftables loads when the machine starts: Debian, Alpine, Fedora and its kin. */
const RULE_FILES = '/etc/nftables.conf /etc/nftables.nft /etc/sysconfig/nftables.conf';

/**
 * Of a rule set in nft's words, each base chain of the hook input: `live|file FAMILY drop|accept RULES`. A last rule that drops or
 * rejects everything counts as the policy. A chain ends where its braces are closed. What only asks for the rules of iptables
 * leaves an empty chain that admits everything.
 */
const INPUT_CHAINS = `
/^[ \\t]*#/ { next }
$1 == "include" { print "include" }
{ before = depth; depth += gsub(/[{]/, "{") - gsub(/[}]/, "}") }
$1 == "table" { family = NF > 3 ? $2 : "ip" }
$1 == "chain" { hook = 0; closed = 0; last = 0; rules = 0; start = before }
/type filter hook input/ { hook = 1 }
hook && /policy drop/ { closed = 1 }
hook && NF && depth > start && !/hook input/ { if ($0 !~ /^[ \\t]*policy /) rules++; last = $0 ~ /^[ \\t]*(counter( packets [0-9]+ bytes [0-9]+)? )?(drop|reject)([ \\t;]|$)/ }
hook && depth <= start { print where, family, (last || closed ? "drop" : "accept"), rules; hook = 0 }`;

export const firewallPart: EvidencePart = {
  name: 'firewall',
  seconds: 4,
  script: `
echo "as $audit_as"
audit_chains() { awk -v where="$1" '${INPUT_CHAINS}' | head -n 50; }
if f=$(audit_root nft -t list ruleset); then
echo seen
printf '%s\\n' "$f" | audit_chains live
fi
for f in ${RULE_FILES}; do [ ! -r $f ] || audit_chains file <$f; done
for f in /sys/module/iptable_filter /sys/module/ip6table_filter; do [ ! -d $f ] || echo legacy; done
f=/lib/modules/$(uname -r)/modules.builtin
if [ -d /sys/module/nf_tables ] || [ -d /sys/module/ip_tables ] || [ -d /sys/module/ip6_tables ]; then :
elif [ -r $f ] && ! grep -qE '/(nf_tables|ip_tables)[.]ko' $f; then echo nomodule; fi
for f in ${SERVICES.join(' ')}; do [ ! -e /etc/runlevels/default/$f ] && [ ! -e /etc/runlevels/boot/$f ] || echo "active $f"; done`,
};

/** Units whose state several checks ask for. */
const UNITS = [
  ...SERVICES.map((name) => `${name}.service`),
  'apt-daily-upgrade.timer',
  'dnf-automatic.timer',
  'dnf-automatic-install.timer',
  'dnf5-automatic.timer',
];

export const unitsPart: EvidencePart = {
  name: 'units',
  seconds: 3,
  when: '[ -d /run/systemd/system ]',
  command: `systemctl show -p Id,ActiveState ${UNITS.join(' ')}`,
};

/** Names of the units that are active, as systemctl or the runlevels of OpenRC have it. */
export function activeUnits(evidence: Evidence): ReadonlySet<string> {
  const active = new Set(linesOf(evidence, 'firewall', 'active').map((name) => `${name}.service`));
  let id = '';
  let state = '';
  // The two properties of a unit come in either order.
  for (const line of evidence.parts.get('units')?.lines ?? []) {
    if (line.startsWith('Id=')) id = line.slice('Id='.length);
    if (line.startsWith('ActiveState=')) state = line.slice('ActiveState='.length);
    if (id === '' || state === '') continue;
    if (state === 'active') active.add(id);
    id = state = '';
  }
  return active;
}

const SEEN_IN = `states of units, ufw's and nftables' files; the rules themselves for root, or with \`${SUDO_COMMANDS.nft}\` by sudo`;
const UFW_COMMAND =
  'ufw allow PORT-OF-SSHD/tcp && ufw allow 80/tcp && ufw allow 443/tcp && ufw default deny incoming && ufw enable';
const LOCK_OUT =
  'Rules without the port of sshd cut off every new login: allow it first, and keep a session open until a second one has worked.';

export const firewallChecks: readonly AuditCheck[] = [
  {
    id: 'firewall-active',
    title: 'A firewall runs on the node',
    severity: 'warning',
    why: 'Whatever else begins to listen on the node is open to everybody at once.',
    mend: UFW_COMMAND,
    lockOut: LOCK_OUT,
    seenIn: SEEN_IN,
    parts: ['firewall', 'units'],
    judge: judgeActive,
  },
  {
    id: 'firewall-default-deny',
    title: 'The firewall drops what no rule admits, for IPv4 and IPv6',
    severity: 'warning',
    why: 'A firewall that admits by default protects only against what somebody thought of; IPv6 is often forgotten.',
    mend: UFW_COMMAND,
    lockOut: LOCK_OUT,
    seenIn: SEEN_IN,
    parts: ['firewall', 'units'],
    judge: judgePolicy,
  },
];

interface Chain {
  readonly family: string;
  readonly drops: boolean;
  readonly rules: number;
}

function readChains(evidence: Evidence, where: 'live' | 'file'): Chain[] {
  return linesOf(evidence, 'firewall', where).map((line) => {
    const [family = '', policy, rules] = line.split(' ');
    return { family, drops: policy === 'drop', rules: Number(rules ?? '1') };
  });
}

function ufwEnabled({ files }: Evidence): boolean {
  return /^[ \t]*ENABLED[ \t]*=[ \t]*["']?yes/im.test(files.get(UFW) ?? '');
}

function servicesOf(evidence: Evidence): string[] {
  const active = activeUnits(evidence);
  return SERVICES.filter((name) => active.has(`${name}.service`)).filter(
    // The unit of ufw also counts as active while ufw itself is off.
    (name) => name !== 'ufw' || ufwEnabled(evidence),
  );
}

function judgeActive(evidence: Evidence): Verdict {
  const services = servicesOf(evidence);
  if (services.length > 0) return passed(`${listed(services)} runs.`);
  if (says(evidence, 'firewall', 'seen')) {
    if (readChains(evidence, 'live').some(({ drops, rules }) => drops || rules > 0))
      return passed('nftables has rules for what comes in.');
    if (says(evidence, 'firewall', 'legacy')) return unknown(LEGACY);
    return failed('nftables has no rules for what comes in.');
  }
  if (ufwEnabled(evidence)) return unknown('ufw is enabled, but its service does not run.');
  if (says(evidence, 'firewall', 'nomodule')) return failed('The kernel has no packet filter loaded.');
  return unknown(
    'No service of a firewall runs; rules that were loaded otherwise are not seen.',
    howToSee(evidence),
  );
}

function judgePolicy(evidence: Evidence): Verdict {
  if (says(evidence, 'firewall', 'seen')) {
    const verdict = judgeChains(evidence, 'live', 'The rules in force');
    return verdict.result === 'failed' && says(evidence, 'firewall', 'legacy') ? unknown(LEGACY) : verdict;
  }
  const services = servicesOf(evidence);
  if (services.includes('ufw')) return judgeUfw(evidence);
  if (services.includes('nftables') && readChains(evidence, 'file').length > 0) {
    const verdict = judgeChains(evidence, 'file', 'The rules that nftables loads');
    const isPart = verdict.result === 'failed' && says(evidence, 'firewall', 'include');
    return isPart ? unknown('nftables loads more files, which are not read.', howToSee(evidence)) : verdict;
  }
  if (services.length > 0) return unknown(`What ${listed(services)} admits is not seen.`, howToSee(evidence));
  if (says(evidence, 'firewall', 'nomodule')) return failed('The kernel has no packet filter loaded.');
  return unknown('The rules are not seen.', howToSee(evidence));
}

const LEGACY = 'Rules of the older iptables may be in force, which nft does not show.';

function howToSee(evidence: Evidence): string | undefined {
  return says(evidence, 'firewall', 'as none') ? allow('nft') : undefined;
}

function judgeUfw(evidence: Evidence): Verdict {
  const text = evidence.files.get(UFW_DEFAULTS) ?? '';
  const word = POLICY.exec(text)?.groups?.['policy'];
  if (word === undefined) return unknown(`${UFW_DEFAULTS} has no DEFAULT_INPUT_POLICY.`);
  if (hasIpv6(evidence) && /^[ \t]*IPV6[ \t]*=[ \t]*["']?no/im.test(text)) {
    return failed(`${UFW_DEFAULTS} has IPV6=no, which leaves IPv6 open.`);
  }
  const said = `ufw is enabled with DEFAULT_INPUT_POLICY ${word}.`;
  return word === 'DROP' || word === 'REJECT' ? passed(said) : failed(said);
}

const POLICY = /^[ \t]*DEFAULT_INPUT_POLICY[ \t]*=[ \t]*["']?(?<policy>\w+)/m;

/** Whether the node has an address of IPv6 with which others could reach it: `ADDRESS INDEX PREFIX SCOPE FLAGS DEVICE`. */
function hasIpv6({ files }: Evidence): boolean {
  return (files.get(IPV6) ?? '').split('\n').some((line) => splitWords(line)[3] === '00');
}

function judgeChains(evidence: Evidence, where: 'live' | 'file', what: string): Verdict {
  const chains = readChains(evidence, where);
  const drops = (family: string): boolean =>
    chains.some((chain) => chain.drops && ['inet', family].includes(chain.family));
  const open = [...(drops('ip') ? [] : ['IPv4']), ...(drops('ip6') || !hasIpv6(evidence) ? [] : ['IPv6'])];
  if (open.length === 0) return passed(`${what} drop what none of them admits.`);
  return failed(`${what} admit over ${open.join(' and ')} what none of them drops.`);
}
