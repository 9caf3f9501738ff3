import { failed, listed, passed, unknown, type AuditCheck, type Verdict } from './check.js';
import { linesOf, type Evidence, type EvidencePart } from './evidence.js';
import { allow } from './privilege.js';
import { count } from '../../core/text.js';
import { FILE_BYTES } from '../limits.js';
import { readSshdSettings } from './sshd-settings.js';

/** Accounts whose keys are looked at. */
const ACCOUNTS = 50;

/**
 * Counts on the node; no key leaves it. Options stand before the type of the key, and may hold quoted blanks. Prints
 * `keys USER TOTAL FREE UNRESTRICTED ANYWHERE`: keys without any limit, without `restrict`, without `from=`. One that admits
 * every address is none. A line is split at its quotes, so that every other part is outside of them. This is linear, as the
 * owner of the account controls the file.
 */
const COUNT_KEYS = `
BEGIN { split("*|*.*.*.*|0.0.0.0/0|::/0", a, "|"); for (i in a) everywhere[a[i]] }
/^[ \\t]*(#|$)/ { next }
{
total++; restrict = from = any = command = 0; sub(/^[ \\t]+/, "")
if ($1 !~ /^(ssh-|ecdsa-|sk-)/) {
line = tolower($0); gsub(/\\\\"/, "", line)
n = split(line, part, "\\"")
for (i = 1; i <= n; i += 2) {
end = sub(/[ \\t].*/, "", part[i])
if (part[i] ~ /(^|,)restrict(,|$)/) restrict = 1
if (end) break
if (part[i] ~ /(^|,)command=$/) command = 1
if (part[i] ~ /(^|,)from=$/) {
from = 1
m = split(part[i + 1], a, ",")
for (j = 1; j <= m; j++) if (a[j] in everywhere) any = 1
}
}
}
if (any) from = 0
if (!restrict && !from && !command) free++
if (!restrict) unrestricted++
if (!from) anywhere++
}
END { print "keys", user, total + 0, free + 0, unrestricted + 0, anywhere + 0 }`;

export const keysPart: EvidencePart = {
  name: 'keys',
  seconds: 4,
  script: `
audit_count() { head -c ${FILE_BYTES} | awk -v user="$1" '${COUNT_KEYS}'; }
awk -F: -v i="$(id -u)" '$3 == i { print "self", $1 }' /etc/passwd | head -n 1
awk -F: '$7 !~ /(nologin|false|sync|halt|shutdown)$/ && $6 ~ /^\\// { print $1 ":" $6 }' /etc/passwd | head -n ${ACCOUNTS} |
while IFS=: read -r a h; do
for f in "$h/.ssh/authorized_keys" "$h/.ssh/authorized_keys2"; do
if [ -f "$f" ] && [ -r "$f" ]; then audit_count "$a" <"$f"
elif [ -e "$f" ]; then printf 'denied %s\\n' "$a"
elif [ ! -e "$h" ] || [ -x "$h/.ssh" ] || { [ -x "$h" ] && [ ! -e "$h/.ssh" ]; }; then :
elif [ "$a $audit_as" != 'root sudo' ]; then printf 'denied %s\\n' "$a"
elif [ "$f" = "$h/.ssh/authorized_keys" ]; then
if k=$(sudo -n cat /root/.ssh/authorized_keys); then printf '%s\\n' "$k" | audit_count root
else echo denied root; fi
fi
done
done`,
};

const SEEN_IN = '`authorized_keys` of accounts with a login shell, counted on the node; no key leaves it';

export const keyChecks: readonly AuditCheck[] = [
  {
    id: 'monitor-key-restricted',
    title: "Every key of pipefleet's own account has restrict and from=",
    severity: 'warning',
    why: 'Whoever steals the key of the exporter could otherwise use it from anywhere, and tunnel through the node.',
    mend: 'begin each line of ~/.ssh/authorized_keys of the account with restrict,from="ADDRESS OF THE EXPORTER" and a blank',
    lockOut:
      'A wrong address in from= shuts the exporter out: check with pipefleet probe while another login stays open.',
    seenIn: SEEN_IN,
    parts: ['keys', 'sshd'],
    judge: (evidence) => judgeUser(evidence, linesOf(evidence, 'keys', 'self')[0], judgeOwn),
  },
  {
    id: 'root-keys-limited',
    title: 'Every key of root has from=, command= or restrict',
    severity: 'info',
    why: 'A key that may do everything from anywhere is worth as much as the machine; attackers add such keys too.',
    mend: 'begin each line of /root/.ssh/authorized_keys with from="YOUR ADDRESSES" and a blank, and take out those that nobody knows',
    lockOut: 'A wrong address in from= shuts you out: keep a session open until a second one has worked.',
    seenIn: `${SEEN_IN}; root's own only for root, or by sudo`,
    parts: ['keys', 'sshd'],
    judge: (evidence) => judgeUser(evidence, 'root', judgeLimited),
  },
  {
    id: 'user-keys-limited',
    title: 'Every key of the other accounts has from=, command= or restrict',
    severity: 'info',
    why: 'A key that may do everything from anywhere is worth as much as the account; attackers add such keys too.',
    mend: 'begin each line of their ~/.ssh/authorized_keys with from="ADDRESSES" and a blank, and take out those that nobody knows',
    lockOut:
      'A wrong address in from= shuts the account out: keep a session open until a second one has worked.',
    seenIn: `${SEEN_IN}; only homes that the account may enter`,
    parts: ['keys', 'sshd'],
    judge: judgeOthers,
  },
];

interface Keys {
  readonly user: string;
  readonly total: number;
  readonly free: number;
  readonly unrestricted: number;
  readonly anywhere: number;
}

const COUNTS = /^(?<user>\S+) (?<total>\d+) (?<free>\d+) (?<unrestricted>\d+) (?<anywhere>\d+)$/;

function readKeys(evidence: Evidence): Keys[] {
  return linesOf(evidence, 'keys', 'keys').flatMap((line) => {
    const groups = COUNTS.exec(line)?.groups;
    if (groups === undefined) return [];
    const number = (name: string): number => Number(groups[name]);
    return [
      {
        user: groups['user'] ?? '',
        total: number('total'),
        free: number('free'),
        unrestricted: number('unrestricted'),
        anywhere: number('anywhere'),
      },
    ];
  });
}

/** Why the usual files may not be the ones that sshd reads; undefined when they are. */
function elsewhere(evidence: Evidence): string | undefined {
  const settings = readSshdSettings(evidence);
  if ('reason' in settings) return undefined;
  const files = settings.get('authorizedkeysfile');
  if ('reason' in files) return undefined;
  const usual = files.value.split(/\s+/).every((file) => /^(?:%h\/)?\.ssh\/authorized_keys2?$/.test(file));
  return usual ? undefined : `authorizedkeysfile is ${files.value}, which is not read`;
}

function judgeUser(
  evidence: Evidence,
  user: string | undefined,
  judge: (keys: Keys[], user: string) => Verdict,
): Verdict {
  if (user === undefined) return unknown('The account is not in /etc/passwd.');
  const reason = elsewhere(evidence);
  if (reason !== undefined) return unknown(`${reason}.`);
  if (linesOf(evidence, 'keys', 'denied').includes(user)) {
    return unknown(`The keys of ${user} cannot be read.`, user === 'root' ? allow('keys') : undefined);
  }
  return judge(
    readKeys(evidence).filter((keys) => keys.user === user && keys.total > 0),
    user,
  );
}

function judgeOwn(keys: Keys[], user: string): Verdict {
  if (keys.length === 0) return unknown(`No authorized_keys file of ${user} has a key.`);
  const bad = keys.filter(({ unrestricted, anywhere }) => unrestricted > 0 || anywhere > 0);
  const { total = 0, unrestricted = 0, anywhere = 0 } = bad[0] ?? {};
  if (bad.length === 0) return passed(`All keys of ${user} have restrict and from=.`);
  return failed(
    `Of ${count(total, 'key')} of ${user}, ${unrestricted} without restrict and ${anywhere} without from=.`,
  );
}

function judgeLimited(keys: Keys[], user: string): Verdict {
  const total = sum(keys.map((one) => one.total));
  const free = sum(keys.map((one) => one.free));
  if (free > 0) return failed(`${free} of ${total} keys of ${user} may do everything from anywhere.`);
  return passed(
    total === 0 ? `${user} has no keys.` : `${user} has ${count(total, 'key')}, none without a limit.`,
  );
}

function judgeOthers(evidence: Evidence): Verdict {
  const reason = elsewhere(evidence);
  if (reason !== undefined) return unknown(`${reason}.`);
  const own = new Set(['root', ...linesOf(evidence, 'keys', 'self')]);
  const others = readKeys(evidence).filter(({ user }) => !own.has(user));
  const free = others.filter((keys) => keys.free > 0);
  if (free.length > 0) {
    const users = [...new Set(free.map(({ user }) => user))];
    return failed(
      `${sum(free.map((keys) => keys.free))} keys of ${listed(users)} may do everything from anywhere.`,
    );
  }
  const denied = [...new Set(linesOf(evidence, 'keys', 'denied'))].filter((user) => !own.has(user));
  if (denied.length > 0)
    return unknown(`The keys of ${listed(denied)} cannot be read: only they and root may.`);
  const total = sum(others.map((keys) => keys.total));
  return passed(
    total === 0
      ? 'Other accounts have no keys.'
      : `Other accounts have ${count(total, 'key')}, none without a limit.`,
  );
}

function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
