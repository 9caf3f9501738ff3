import type { Snippet } from '../collector.js';
import { DEVNET_FOLDERS, type Generation } from './installations.js';

/** The folders that official and community guides name, and whose software they hold. */
const DOCUMENTED: Readonly<Record<string, Generation>> = {
  '/opt/popcache': 'testnet',
  '/opt/pipe': 'mainnet',
  ...Object.fromEntries(DEVNET_FOLDERS.map((folder): [string, Generation] => [folder, 'devnet'])),
  '/var/lib/pipe-node': 'lattice',
  '/etc/pipe-node': 'lattice',
};

const LIMIT = 16;
const MAX_PATHS = 64;

/** A plain absolute path of at least one folder: no blank, no pattern, nothing that a shell or a label would have to quote. */
const PATH = '\\(\\/[A-Za-z0-9][A-Za-z0-9._\\/+@-]*\\)[[:blank:]]*$';
const BLANKS = '[[:blank:]]*';

/** Lines of a unit as `D:FOLDER` and `L:FILE`. */
const UNIT_PATHS = [
  `s/^${BLANKS}WorkingDirectory${BLANKS}=${BLANKS}-\\{0,1\\}${PATH}/D:\\1/p`,
  `s/^${BLANKS}Standard\\(Output\\|Error\\)${BLANKS}=${BLANKS}[a-z]*:${PATH}/L:\\2/p`,
];

/**
 * Sets `$D`, the folders in which node software stands: words with a blank before each, the documented ones first, then the
 * working directories of the units `$N`. They exist, and no name is there twice; a link may still lead to another of them.
 * `$L` are the files to which the units send what the software prints, whether they exist or not.
 */
export const homes: Snippet = {
  name: 'homes',
  script: () => `D= L= y=0
h() {
f=\${1%/}
[ -d "$f" ] || return 0
case "$D $f/" in *" $f "*|*/../*) ;; *) D="$D $f" y=$((y+1)) ;; esac
}
for f in ${Object.keys(DOCUMENTED).join(' ')}; do h $f; done
set --
for f in $N; do [ ! -f /etc/systemd/system/$f ] || set -- "$@" /etc/systemd/system/$f; done
if [ $# -gt 0 ]; then
x=0
for f in $(sed -n -e '${UNIT_PATHS.join("' -e '")}' "$@" 2>/dev/null); do
[ $x -lt ${MAX_PATHS} ] || continue
x=$((x+1))
case $f in
D:*) [ $y -ge ${LIMIT} ] || h \${f#D:} ;;
*) L="$L \${f#L:}" ;;
esac
done
fi`,
};

/** The generation whose documented folder this is; undefined for a folder that only a unit names. */
export function generationOfHome(folder: string): Generation | undefined {
  return Object.hasOwn(DOCUMENTED, folder) ? DOCUMENTED[folder] : undefined;
}
