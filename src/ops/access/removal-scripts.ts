import { quote } from '../../core/shell.js';
import { changeKeys, eachPassword, setShell } from './account-scripts.js';
import type { ManifestAccount } from './manifest.js';

/** POSIX sh for taking accounts away again. See `APPLY_SHELL` for what it builds upon. */

/** Times that an account is tried to be removed while its programs start others. */
const ROUNDS = 20;

/**
 * Removes an account that set-up has made, what still runs as it, its keys, and its home when nothing else is in it.
 *
 * @param uid its number when it was looked at; undefined when it was gone by then
 */
export function removeAccount(
  { name, home }: ManifestAccount,
  uid: number | undefined,
  manifest: string,
): string {
  const user = quote(name);
  const [ssh, keys] = [quote(`${home}/.ssh`), quote(`${home}/.ssh/authorized_keys`)];
  const account = uid === undefined ? '' : stillOurs(name, uid, manifest);
  const end =
    uid === undefined
      ? ''
      : `i=0
while id ${user} >/dev/null 2>&1; do
[ $i -lt ${ROUNDS} ] || fail ${quote(`the account ${name} cannot be removed while its programs start others`)}
i=$((i+1))
for p in /proc/[0-9]*; do
[ -O "$p" ] || [ "$(stat -c %u "$p" 2>/dev/null)" != ${uid} ] || kill -9 "\${p#/proc/}" 2>/dev/null || :
done
if command -v userdel >/dev/null; then userdel ${user} 2>/dev/null || :; else deluser ${user} >/dev/null 2>&1 || :; fi
done
! grep -q ${quote(`^${name}:[^:]*:[0-9]*:$`)} /etc/group || groupdel ${user} 2>/dev/null || delgroup ${user} 2>/dev/null || :
`;
  return `${account}if rooted ${ssh}; then
rm -f ${keys}
rmdir ${ssh} 2>/dev/null || :
fi
${end}if rooted ${quote(home)}; then rmdir ${quote(home)} 2>/dev/null || :; fi
`;
}

/**
 * Gives an account that was taken over back what it had, without the keys that set-up has put there: each place to the owner and group
 * that it had, which may be root. From the inside out.
 *
 * @param uid its number when it was looked at
 */
export function giveBack(
  { name, home, before, keys }: ManifestAccount,
  uid: number,
  manifest: string,
): string {
  if (before === undefined) return '';
  const [ssh, file] = [quote(`${home}/.ssh`), quote(`${home}/.ssh/authorized_keys`)];
  // What was made for it goes to the account where something else keeps it from being removed.
  const own = `"$(id -u ${quote(name)}):$(id -g ${quote(name)})"`;
  const as = (place: string | undefined, mode: string): string =>
    place === undefined ? `${own} ${mode}` : place.replace(/:(?=[0-7]{4}$)/, ' ');
  const withoutKeys = changeKeys(`${home}/.ssh/authorized_keys`, name, keys, []);
  return `${stillOurs(name, uid, manifest)}if rooted ${ssh}; then
look ${file}
if [ $what != none ]; then
${withoutKeys}${before.keys === undefined ? `[ -s ${file} ] || rm -f ${file}\n` : ''}if [ -e ${file} ]; then
begin ${file}
cat ${file} >"$new"
finish ${file} ${as(before.keys, '0600')}
fi
fi
${before.ssh === undefined ? `rmdir ${ssh} 2>/dev/null || ` : ''}give ${ssh} ${as(before.ssh, '0700')}
fi
if rooted ${quote(home)}; then
${before.home === undefined ? `rmdir ${quote(home)} 2>/dev/null || ` : ''}give ${quote(home)} ${as(before.home, '0755')}
fi
${setShell(name, before.shell)}${before.starred ? eachPassword(name, `''|'*'|[!*]*`, '${p#\\*}') : ''}`;
}

/** Fails when an account has become another one since it was looked at, or another fleet lists it. */
function stillOurs(name: string, uid: number, manifest: string): string {
  return `[ "$(id -u ${quote(name)})" = ${uid} ] || fail ${quote(`the account ${name} is another one by now`)}
! shared ${quote(manifest)} ${quote(`account ${name} `)} || fail ${quote(`another pipefleet uses the account ${name} by now`)}
`;
}
