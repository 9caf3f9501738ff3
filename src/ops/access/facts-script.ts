import { installationsScript } from '../../collectors/pipe-node/installations.js';
import { quote } from '../../core/shell.js';
import { homeOf } from './desired.js';
import { folderOf } from './manifest.js';
import { FILE_BYTES, ROOT_SHELL } from './root-shell.js';

/** What to look at. */
export interface FactsRequest {
  readonly accounts: readonly string[];
  readonly groups: readonly string[];
  /** Absolute paths of files. */
  readonly files: readonly string[];
  /** The manifest of the fleet; those of other fleets are in the same folder. Accounts that it lists are looked at too. */
  readonly manifest: string;
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
const MAX_MANIFESTS = 64;
const MAX_HELD = 8;
/** The last line of an answer. */
export const FACTS_END = 'pipefleet-facts end';

/**
 * A POSIX sh script that looks at a machine and changes nothing. To be run as root: only root sees shadow and sshd's settings. It
 * follows no link, opens nothing that an account could exchange meanwhile, and reads bounded. Its answer is for `readFacts`.
 */
export function factsScript({ accounts, groups, files, manifest }: FactsRequest): string {
  return `${ROOT_SHELL}${ACCOUNT}${GROUP}${PLACES}
printf 'kernel %s %s\\n' "$(uname -r)" "$(uname -m)"
if [ -r /etc/os-release ]; then
while IFS= read -r l; do
case $l in PRETTY_NAME=*) l=\${l#*=} l=\${l#[\\"\\']} l=\${l%[\\"\\']}; printf 'os\\n| %s\\n' "$l" ;; esac
done </etc/os-release
fi
for c in ${PROGRAMS.join(' ')}; do command -v $c >/dev/null && echo "program $c"; done
[ -z "\${SUDO_USER-}" ] || echo "login $SUDO_USER"
asked=' '
${accounts.map((name) => `account ${quote(name)} ${quote(homeOf(name))}`).join('\n')}
${groups.map((name) => `group ${quote(name)}`).join('\n')}
${files.map((path) => `file ${quote(path)}`).join('\n')}
file ${quote(manifest)}
if [ $what = file ]; then
while read -r w n r; do [ "$w" != account ] || account "$n" "/var/lib/$n"; done <${quote(manifest)}
fi
if rooted ${quote(folderOf(manifest))}; then
i=0
for f in ${quote(folderOf(manifest))}/manifest-*; do
[ $i -lt ${MAX_MANIFESTS} ] || break
i=$((i+1))
[ "$f" = ${quote(manifest)} ] || file "$f"
done
fi
${installationsScript('rooted "${f%/*}" && plain "$f" 0')}
for g in $G; do echo "generation $g"; done
for u in $N; do echo "unit $u"; done
echo ${quote(FACTS_END)}
`;
}

/** `account NAME HOME`: the account, its home, and what sshd makes of it; HOME is where it would be when there is no account. */
const ACCOUNT = `account() {
case $asked in *" $1 "*) return ;; esac
asked="$asked$1 "
t=$(sshd -T -C "user=$1,host=localhost,addr=127.0.0.1" </dev/null 2>/dev/null | head -c ${FILE_BYTES})
[ -z "$t" ] || printf '%s\\n' "$t" | { printf 'sshd %s\\n' "$1"; sed 's/^/| /'; }
while IFS=: read -r n p u g c h s; do
[ "$n" = "$1" ] || continue
x=?
if [ -r /etc/shadow ]; then
while IFS=: read -r m q r; do
[ "$m" = "$1" ] || continue
case $q in '') x=empty ;; '*'*) x=none ;; '!'*) x=locked ;; *) x=set ;; esac
done </etc/shadow
fi
printf 'account %s %s %s %s %s %s\\n| %s\\n| %s\\n' "$n" "$u" "$g" "$x" "$(private "$n" "$g")" "$s" "$c" "$h"
home "$h" "$u"
further "$n" "$h" "$u"
return
done </etc/passwd
home "$2" -
}
private() {
i=shared
while IFS=: read -r k p j m; do
if [ "$k" = "$1" ] && [ "$j" = "$2" ]; then case $m in ''|"$1") i=private ;; *) i=shared; break ;; esac
elif [ "$j" = "$2" ]; then i=shared; break
fi
done </etc/group
while IFS=: read -r k p q j r; do [ "$j" != "$2" ] || [ "$k" = "$1" ] || i=shared; done </etc/passwd
echo $i
}
further() {
a=$(printf '%s\\n' "$t" | sed -n 's/^authorizedkeysfile //p')
set -f
for f in \${a:-.ssh/authorized_keys .ssh/authorized_keys2}; do
case $f in *%h*) f=\${f%%%h*}$2\${f#*%h} ;; esac
case $f in *%u*) f=\${f%%%u*}$1\${f#*%u} ;; esac
case $f in *%U*) f=\${f%%%U*}$3\${f#*%U} ;; esac
case $f in none|"$2/.ssh/authorized_keys"|.ssh/authorized_keys) continue ;; /*) ;; *) f=$2/$f ;; esac
printf 'further %s\\n| %s\\n' "$1" "$f"
look "$f"
at "$f"
done
set +f
}
`;

/** `group NAME`: its members, and the accounts whose own group it is. */
const GROUP = `group() {
while IFS=: read -r n p g m; do
[ "$n" = "$1" ] || continue
while IFS=: read -r u p q h r; do [ "$h" != "$g" ] || m=$m,$u; done </etc/passwd
printf 'group %s\\n| %s\\n' "$n" "$m"
done </etc/group
}
`;

/**
 * `file PATH` shows a file that only root can exchange. `home PATH UID` shows a home and what is below it, as far as a look is safe:
 * where the account itself may change it, only what kind of thing is where, from inside the very folder that was looked at.
 */
const PLACES = `at() { printf 'at %s %s %s %s\\n| %s\\n' $what "$mode" "$owner" "$size" "$1"; }
list() { printf 'acl\\n| %s\\n' "$1"; }
unsafe() { printf 'unsafe\\n| %s\\n| %s\\n' "$1" "$why"; }
text() {
[ $what = file ] || return 0
printf 'text\\n| %s\\n' "$1"
head -c ${FILE_BYTES} "$1" | sed 's/^/| /'
echo
}
file() {
if rooted "\${1%/*}"; then
look "$1"
[ $what != file ] || [ "$size" -le ${FILE_BYTES} ] || { what=other why="$1 is larger than ${FILE_BYTES} bytes"; unsafe "$1"; return; }
at "$1"
text "$1"
elif [ $what = none ]; then at "$1"
else unsafe "$1"
fi
}
home() {
if ! rooted "\${1%/*}"; then what=unsafe; unsafe "$1"; return; fi
look "$1"
if [ $what = hidden ]; then no "$1" folder; unsafe "$1"; return; fi
at "$1"
[ $what = folder ] || return 0
simple "$1" || list "$1"
if ! unmounted "$1"; then unsafe "$1"; return; fi
if rooted "$1"; then
holds "$1" .ssh
look "$1/.ssh"
at "$1/.ssh"
if [ $what = folder ] && rooted "$1/.ssh"; then
holds "$1/.ssh" authorized_keys
if plain "$1/.ssh/authorized_keys" "$2" && { [ $what = none ] || clean "$1/.ssh/authorized_keys"; }; then at "$1/.ssh/authorized_keys"; text "$1/.ssh/authorized_keys"
else unsafe "$1/.ssh/authorized_keys"
fi
return
fi
fi
(
cd -P "$1" 2>/dev/null || exit
look .ssh
at "$1/.ssh"
[ $what = folder ] || exit
was=$id
cd -P ./.ssh 2>/dev/null || exit
look .
[ "$id" = "$was" ] || exit
simple . || list "$1/.ssh"
look authorized_keys
at "$1/.ssh/authorized_keys"
)
}
holds() {
printf 'holds\\n| %s\\n' "$1"
ls -A "$1" | grep -vxF -e "$2" | head -n ${MAX_HELD} | sed 's/^/| /'
}
`;
