import { quote } from '../../core/shell.js';
import { ACCOUNT_COMMENT } from './desired.js';

/**
 * POSIX sh for the steps of a plan. Each may run twice, ends with a status other than 0 when it has not brought about what it
 * is for, and leaves a file either as it was or as it shall be. Run as root under `set -eu` with nothing on standard input.
 */

/** Makes a service account: no password, and none that could be guessed; sshd lets a key in all the same. */
export function createAccount(name: string, home: string): string {
  const [user, folder, comment] = [quote(name), quote(home), quote(ACCOUNT_COMMENT)];
  return `if ! id ${user} >/dev/null 2>&1; then
if command -v useradd >/dev/null; then
useradd --system --user-group --home-dir ${folder} --no-create-home --shell /bin/sh --comment ${comment} --password '*' ${user}
else
addgroup -S ${user} 2>/dev/null || :
adduser -S -D -H -h ${folder} -s /bin/sh -G ${user} -g ${comment} ${user}
echo ${quote(`${name}:*`)} | chpasswd -e
fi
fi
`;
}

/** Gives an account the shell and the password of a service account. */
export function changeAccount(name: string): string {
  const user = quote(name);
  return `if command -v usermod >/dev/null; then
usermod --shell /bin/sh --password '*' ${user}
else
echo ${quote(`${name}:*`)} | chpasswd -e
sed -i ${quote(`s|^\\(${name}:.*:\\)[^:]*$|\\1/bin/sh|`)} /etc/passwd
fi
`;
}

/**
 * Removes an account, its keys and what still runs as it.
 *
 * @param withHome removes its home too
 */
export function removeAccount(name: string, home: string, withHome: boolean): string {
  const user = quote(name);
  return `rm -f ${quote(`${home}/.ssh/authorized_keys`)}
for p in /proc/[0-9]*; do
[ -O "$p" ] || [ "$(stat -c %U "$p" 2>/dev/null)" != ${user} ] || kill -9 "\${p#/proc/}" 2>/dev/null || :
done
if command -v userdel >/dev/null; then userdel ${user} 2>/dev/null || ! id ${user} >/dev/null 2>&1
else deluser ${user} >/dev/null 2>&1 || ! id ${user} >/dev/null 2>&1
fi
${withHome ? `rm -rf ${quote(home)}\n` : ''}`;
}

/** Gives folders to root, closed to writing for everybody else; makes those that are missing. */
export function ownFolders(folders: readonly string[]): string {
  return folders
    .map(
      (folder) => `mkdir -p ${quote(folder)}
chown root:root ${quote(folder)}
chmod 755 ${quote(folder)}
! command -v restorecon >/dev/null || restorecon ${quote(folder)} 2>/dev/null || :
`,
    )
    .join('');
}

/** Writes a file of root's at one stroke: it is never there in part. Its folder is made when it is missing. */
export function writeFile(path: string, text: string, mode: string): string {
  return `${toTemporary(path, text, mode)}${intoPlace(path)}`;
}

/** Writes a file of sudoers when sudo itself finds it right: a wrong one can end sudo for everybody. */
export function writeSudoers(path: string, text: string): string {
  return `${toTemporary(path, text, '440')}if visudo -cqf "$new"; then
${intoPlace(path)}else rm -f "$new"; echo 'sudo refuses the lines' >&2; false
fi
`;
}

/** Removes a file, and its folder when nothing else is in it. */
export function removeFile(path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'));
  return `rm -f ${quote(path)}\n${folder.endsWith('/pipefleet') ? `rmdir ${quote(folder)} 2>/dev/null || :\n` : ''}`;
}

/** Makes a group and puts accounts into it. */
export function joinGroup(group: string, members: readonly string[]): string {
  const join = members.map(
    (member) =>
      `if command -v usermod >/dev/null; then usermod -aG ${quote(group)} ${quote(member)}
else addgroup ${quote(member)} ${quote(group)} >/dev/null
fi
`,
  );
  return `grep -q ${quote(`^${group}:`)} /etc/group || if command -v groupadd >/dev/null; then groupadd --system ${quote(group)}
else addgroup -S ${quote(group)}
fi
${join.join('')}`;
}

/** Leaves the file in `$new`, in the folder where it shall be; a name with a dot is no file of sudoers.d. */
function toTemporary(path: string, text: string, mode: string): string {
  const folder = quote(path.slice(0, path.lastIndexOf('/')));
  const mark = markFor(text);
  return `[ -d ${folder} ] || { mkdir -p ${folder}; chmod 755 ${folder}; }
new=$(mktemp ${folder}/.pipefleet.XXXXXX)
cat >"$new" <<'${mark}'
${text}${mark}
chown root:root "$new"
chmod ${mode} "$new"
`;
}

/** With the label that SELinux has for the place, where there is SELinux. */
function intoPlace(path: string): string {
  return `mv -f "$new" ${quote(path)}
! command -v restorecon >/dev/null || restorecon ${quote(path)} 2>/dev/null || :
`;
}

/** A word that is no line of the text. */
function markFor(text: string): string {
  const lines = new Set(text.split('\n'));
  let mark = 'END_OF_FILE';
  while (lines.has(mark)) mark += '_';
  return mark;
}
