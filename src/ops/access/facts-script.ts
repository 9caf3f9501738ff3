import { installations } from '../../collectors/pipe-node/installations.js';
import { DEFAULT_SOFTWARE } from '../../core/software.js';
import { quote } from '../../core/shell.js';
import { homeOf } from './desired.js';
import type { AccountFacts, FileFacts, MachineFacts } from './facts.js';

/** What to look at. */
export interface FactsRequest {
  readonly accounts: readonly string[];
  readonly groups: readonly string[];
  /** Absolute paths. A path may begin with `~NAME/` for the home of an account that exists. */
  readonly files: readonly string[];
}

const PROGRAMS = [
  'adduser',
  'addgroup',
  'chpasswd',
  'groupadd',
  'restorecon',
  'sudo',
  'sshd',
  'systemctl',
  'useradd',
  'usermod',
  'visudo',
];
/** Bytes of a file that are read: an authorized_keys of a thousand keys, and any gate. */
const FILE_BYTES = 262_144;
const END = 'pipefleet-facts end';

/**
 * A POSIX sh script that looks at a machine and changes nothing. To be run as root: only root sees shadow and sshd's settings.
 * Its answer is for {@link readFacts}.
 */
export function factsScript({ accounts, groups, files }: FactsRequest): string {
  return `LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
export LC_ALL PATH
account() {
while IFS=: read -r n p u g c h s; do
[ "$n" = "$1" ] || continue
x=?
if [ -r /etc/shadow ]; then
while IFS=: read -r m q r; do
[ "$m" = "$1" ] || continue
case $q in '') x=empty ;; '*') x=none ;; '!'*|'*'*) x=locked ;; *) x=set ;; esac
done </etc/shadow
fi
printf 'account %s %s %s %s %s\\n| %s\\n| %s\\n' "$n" "$u" "$g" "$x" "$s" "$c" "$h"
eval "home_$2=\\$h"
return
done </etc/passwd
}
group() {
while IFS=: read -r n p g m; do
[ "$n" != "$1" ] || printf 'group %s\\n| %s\\n' "$n" "$m"
done </etc/group
}
file() {
[ -e "$1" ] || return 0
set -- "$1" "$(stat -c '%a %U:%G' "$1")"
if [ -d "$1" ]; then printf 'folder %s\\n| %s\\n' "$2" "$1"; return; fi
printf 'file %s\\n| %s\\n' "$2" "$1"
head -c ${FILE_BYTES} "$1" | sed 's/^/| /'
echo
}
sshd_for() { printf 'sshd %s\\n' "$1"; sshd -T -C "user=$1,host=localhost,addr=127.0.0.1" 2>/dev/null | sed 's/^/| /'; }
printf 'kernel %s %s\\n' "$(uname -r)" "$(uname -m)"
[ ! -r /etc/os-release ] || ( . /etc/os-release; printf 'os\\n| %s\\n' "\${PRETTY_NAME:-$ID $VERSION_ID}" )
for c in ${PROGRAMS.join(' ')}; do command -v $c >/dev/null && echo "program $c"; done
${accounts.map((name, index) => `account ${quote(name)} ${index}; sshd_for ${quote(name)}`).join('\n')}
${groups.map((name) => `group ${quote(name)}`).join('\n')}
${files.map((path) => `file ${pathWord(path, accounts)}`).join('\n')}
${installations.script(DEFAULT_SOFTWARE).trim()}
for g in $G; do echo "generation $g"; done
for u in $N; do echo "unit $u"; done
echo ${quote(END)}
`;
}

/** `~NAME/REST` becomes the home that was found, or the one that pipefleet would make. */
function pathWord(path: string, accounts: readonly string[]): string {
  const { name = '', rest = '' } = /^~(?<name>[^/]+)\/(?<rest>.*)$/.exec(path)?.groups ?? {};
  const index = accounts.indexOf(name);
  return index < 0 ? quote(path) : `"\${home_${index}:-${homeOf(name)}}"/${quote(rest)}`;
}

const RECORD = /^(?<kind>[a-z]+)(?: (?<rest>.*))?$/;

/**
 * Reads what the script of {@link factsScript} printed.
 *
 * @returns undefined when the answer is not whole, or something else
 */
export function readFacts(answer: string): MachineFacts | undefined {
  const lines = answer.split('\n');
  const end = lines.indexOf(END);
  if (end < 0) return undefined;
  const facts = {
    os: '',
    kernel: '',
    machine: '',
    programs: new Set<string>(),
    accounts: new Map<string, AccountFacts>(),
    groups: new Map<string, readonly string[]>(),
    files: new Map<string, FileFacts>(),
    sshd: new Map<string, ReadonlyMap<string, readonly string[]>>(),
    generations: [] as string[],
    units: [] as string[],
  };
  for (const { kind, words, body } of records(lines.slice(0, end))) {
    const [first = '', second = ''] = words;
    switch (kind) {
      case 'kernel':
        facts.kernel = first;
        facts.machine = second;
        break;
      case 'os':
        facts.os = body[0] ?? '';
        break;
      case 'program':
        facts.programs.add(first);
        break;
      case 'account':
        facts.accounts.set(first, readAccount(words, body));
        break;
      case 'group':
        facts.groups.set(first, (body[0] ?? '').split(',').filter(Boolean));
        break;
      case 'folder':
        facts.files.set(body[0] ?? '', { mode: first, owner: second, text: undefined });
        break;
      case 'file':
        facts.files.set(body[0] ?? '', { mode: first, owner: second, text: textOf(body.slice(1)) });
        break;
      case 'sshd':
        if (body.length > 0) facts.sshd.set(first, readSettings(body));
        break;
      case 'generation':
        facts.generations.push(first);
        break;
      case 'unit':
        facts.units.push(first);
        break;
      default:
        return undefined;
    }
  }
  return facts;
}

interface FactRecord {
  readonly kind: string;
  readonly words: readonly string[];
  /** Lines that follow it, without their mark. */
  readonly body: readonly string[];
}

function records(lines: readonly string[]): FactRecord[] {
  const found: { kind: string; words: string[]; body: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('| ')) {
      found.at(-1)?.body.push(line.slice(2));
    } else if (line !== '') {
      const { kind = '', rest = '' } = RECORD.exec(line)?.groups ?? {};
      found.push({ kind, words: rest.split(' ').filter(Boolean), body: [] });
    }
  }
  return found;
}

function readAccount(
  [, uid, gid, password = '', shell = '']: readonly string[],
  [comment = '', home = '']: readonly string[],
): AccountFacts {
  const known = ['none', 'locked', 'empty', 'set'] as const;
  return {
    uid: Number(uid),
    gid: Number(gid),
    comment,
    home,
    shell,
    password: known.find((word) => word === password) ?? 'unknown',
  };
}

/** `sed` ends every line, also a last one that had no end. */
function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function readSettings(lines: readonly string[]): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const line of lines) {
    const [keyword = '', ...values] = line.split(' ');
    const key = keyword.toLowerCase();
    settings.set(key, [...(settings.get(key) ?? []), values.join(' ')]);
  }
  return settings;
}
