import { quote } from '../../core/shell.js';
import { ACCOUNT_COMMENT } from './desired.js';
import { here } from './file-scripts.js';
import { accountLine } from './manifest.js';

/** POSIX sh for the steps of a plan that are about accounts, groups and keys. See `APPLY_SHELL` for what they build upon. */

/** A folder that is to belong to root: made, or taken from its account; `right` is left alone. */
export interface FolderWork {
  readonly path: string;
  readonly work: 'make' | 'take' | 'right';
  /** What a folder that is taken has then: numbers of owner and group, and permission bits in octal. */
  readonly owner: string;
  readonly mode: string;
}

/**
 * Makes a service account: no password, and none that could be guessed; sshd lets a key in all the same. Fails when there is one.
 *
 * @param manifest gets its number
 */
export function createAccount(name: string, home: string, manifest: string): string {
  const [user, folder, comment] = [quote(name), quote(home), quote(ACCOUNT_COMMENT)];
  return `! id ${user} >/dev/null 2>&1 || fail ${quote(`somebody made the account ${name} meanwhile`)}
if command -v useradd >/dev/null; then
useradd --system --user-group --home-dir ${folder} --no-create-home --shell /bin/sh --comment ${comment} --password '*' ${user}
else
addgroup -S ${user}
adduser -S -D -H -h ${folder} -s /bin/sh -G ${user} -g ${comment} ${user}
echo ${quote(`${name}:*`)} | chpasswd -e
fi
${listNumber(name, manifest)}`;
}

/** Writes the number of an account into a manifest, where it has none yet. */
export function listNumber(name: string, manifest: string): string {
  const from = quote(`s/^${sedPattern(accountLine(name, undefined))}/account ${sedText(name)} `);
  return `u=$(id -u ${quote(name)})
sed ${from}"$u /" ${quote(manifest)} | put ${quote(manifest)} 644
`;
}

/** Gives an account the shell of a service account, and a password that opens nothing: what it was stays behind a star. */
export function changeAccount(name: string): string {
  return `${setShell(name, '/bin/sh')}${eachPassword(name, `'*'*`, '*$p')}`;
}

/** Folders of a home that are to belong to root, from the outside in. */
export function ownFolders(name: string, folders: readonly FolderWork[]): string {
  return folders
    .map(({ path, work, owner, mode }) => {
      if (work === 'right') return '';
      if (work === 'make') return `make ${quote(path)}\n`;
      return `take ${quote(path)} "$(id -u ${quote(name)})" ${owner} ${mode}\n`;
    })
    .join('');
}

/** Takes lines with these keys out of a file, and puts these lines in. */
export function changeKeys(
  path: string,
  name: string,
  drop: readonly string[],
  lines: readonly string[],
): string {
  const words = drop.map((blob) => ` -e ${quote(blob)}`).join('');
  const text = lines.map((line) => `${line}\n`).join('');
  return `keys ${quote(path)} "$(id -u ${quote(name)})"${words} ${here(text)}`;
}

/** Makes sure that no file of keys is an account's own. */
export function onlyRoots(paths: readonly string[]): string {
  return paths.map((path) => `only ${quote(path)}\n`).join('');
}

/** Makes a group, which must not be there. */
export function createGroup(group: string): string {
  return `if command -v groupadd >/dev/null; then groupadd --system ${quote(group)}; else addgroup -S ${quote(group)}; fi\n`;
}

/** Puts accounts into a group. */
export function joinGroup(group: string, members: readonly string[]): string {
  return members
    .map(
      (member) =>
        `if command -v usermod >/dev/null; then usermod -aG ${quote(group)} ${quote(member)}
else addgroup ${quote(member)} ${quote(group)} >/dev/null
fi
`,
    )
    .join('');
}

/** Takes accounts out of a group, those that there are. */
export function leaveGroup(group: string, members: readonly string[]): string {
  return members
    .map(
      (member) => `! id ${quote(member)} >/dev/null 2>&1 || ${either(
        'gpasswd',
        `gpasswd -d ${quote(member)} ${quote(group)}`,
        `delgroup ${quote(member)} ${quote(group)}`,
      )} >/dev/null
`,
    )
    .join('');
}

/** Removes a group without members. */
export function removeGroup(group: string): string {
  return `! grep -q ${quote(`^${group}:`)} /etc/group || ${either('groupdel', `groupdel ${quote(group)}`, `delgroup ${quote(group)}`)}\n`;
}

/** Sets the login shell of an account. */
export function setShell(name: string, shell: string): string {
  const [line, end] = [sedPattern(`${name}:`), sedText(shell)];
  return `if command -v usermod >/dev/null; then usermod --shell ${quote(shell)} ${quote(name)}
else sed -i ${quote(`s/^\\(${line}.*:\\)[^:]*$/\\1${end}/`)} /etc/passwd
fi
`;
}

/**
 * Sets the password of an account in its encrypted form, which no process shows.
 *
 * @param but pattern of those that are left alone
 * @param to what the encrypted password `$p` becomes, as in double quotes
 */
export function eachPassword(name: string, but: string, to: string): string {
  return `[ ! -r /etc/shadow ] || while IFS=: read -r n p r; do
[ "$n" = ${quote(name)} ] || continue
case $p in ${but}) ;; *) printf '%s:%s\\n' "$n" "${to}" | chpasswd -e ;; esac
done </etc/shadow
`;
}

function either(program: string, first: string, second: string): string {
  return `{ if command -v ${program} >/dev/null; then ${first}; else ${second}; fi; }`;
}

function sedPattern(text: string): string {
  return text.replaceAll(/[\\/.*[\]^$]/g, '\\$&');
}

function sedText(text: string): string {
  return text.replaceAll(/[\\/&]/g, '\\$&');
}
