import { failed, listed, passed, unknown, type AuditCheck, type Verdict } from './check.js';
import { linesOf, type Evidence, type EvidencePart } from './evidence.js';

/** Folders of the node software; `$W` are those that units name. */
const FOLDERS = [
  '/opt/popcache',
  '/opt/pipe',
  '/etc/pipe-node',
  '/var/lib/pipe-node',
  '/var/lib/pop',
  '/opt/pop',
  '/opt/dcdn',
  '/opt/pipe-pop',
  '/root/pipe',
];

/** Files that are the node: who has them can be it, or take its wallet. With the copies that people make beside them. */
const IDENTITY = ['.pop_state.json*', 'node_info.json*', 'node.key*'];
/** Files with an invite, a token or an e-mail address in them. */
const CONFIGURATION = ['config.json*', '.env*', 'node.env*'];

/** Paths of one kind that are printed. */
const MOST = 100;
const MOST_WRITABLE = 20;

/**
 * Prints `generation NAME`, `folder MODE UID PATH` and `file MODE UID PATH`. No file is opened but units. A name may hold a line
 * break, so that what is of a file is marked line by line.
 */
export const foldersPart: EvidencePart = {
  name: 'folders',
  seconds: 4,
  script: `
for f in $G; do echo "generation $f"; done
W=
for f in $N; do
[ ! -r "/etc/systemd/system/$f" ] || W="$W $(sed -n 's|^WorkingDirectory=\\(/[A-Za-z0-9._/-]*\\)$|\\1|p' "/etc/systemd/system/$f" | head -n 3)"
done
for f in ${FOLDERS.join(' ')} $W; do
[ -d "$f" ] || continue
[ -n "\${f%/}" ] || continue
stat -L -c 'folder %a %u %n' "$f"
stat -L -c '%a %u %n' ${[...IDENTITY, ...CONFIGURATION].map((name) => `"$f"/${name}`).join(' ')} | head -n ${MOST} | sed 's/^/file /'
done`,
};

/** Prints `writable PATH`. What the cache holds is not looked at: it is large, and anybody's to fetch. */
export const writablePart: EvidencePart = {
  name: 'writable',
  seconds: 4,
  script: `
for f in ${FOLDERS.join(' ')}; do
[ -d $f ] || continue
find $f -xdev -maxdepth 3 -name cache -prune -o -perm -0002 ! -type l -print
done | head -n ${MOST_WRITABLE} | sed 's/^/writable /'`,
};

/** Programs of the node software, by the name that the kernel has for them. */
const PROGRAMS = ['pop', 'popd', 'lattice-node', 'dcdnd'];

/** Prints `runs NAME UID`, the effective one, each once: anybody may start programs of these names, and many of them. */
export const processesPart: EvidencePart = {
  name: 'processes',
  seconds: 3,
  script: `
set -- $(grep -lsx ${PROGRAMS.map((name) => `-e ${name}`).join(' ')} /proc/[0-9]*/comm | sed 's/comm$/status/')
[ $# -eq 0 ] || grep -hs -e '^Name:' -e '^Uid:' "$@" |
awk '/^Name:/ { n = $2 } /^Uid:/ && !s[n, $3]++ && ($3 == 0 || k++ < 20) { print "runs", n, $3 }' | head -n 50`,
};

const MODES = 'modes of the files in the folders of the node software; none is opened';

export const fileChecks: readonly AuditCheck[] = [
  {
    id: 'identity-files-mode',
    title: 'Identity and key files of the node are closed to everybody but their owner',
    severity: 'critical',
    why: 'Whoever reads them can be the node; node.key of Lattice is the wallet itself.',
    mend: 'chmod 600 FILE, and chown it to the account of the service',
    lockOut:
      'A node that runs under another account than the owner of the file does not start again: look at User= of the unit.',
    seenIn: MODES,
    parts: ['folders'],
    judge: (evidence: Evidence): Verdict => judgeModes(evidence, IDENTITY, 'identity or key files'),
  },
  {
    id: 'config-files-mode',
    title: 'Configuration files of the node software are closed to everybody but their owner',
    severity: 'warning',
    why: 'They hold invite codes, tokens and e-mail addresses.',
    mend: 'chmod 600 FILE, and chown it to the account of the service',
    lockOut:
      'A node that runs under another account than the owner of the file does not start again: look at User= of the unit.',
    seenIn: MODES,
    parts: ['folders'],
    judge: (evidence: Evidence): Verdict => judgeModes(evidence, CONFIGURATION, 'configuration files'),
  },
  {
    id: 'world-writable',
    title: 'Nothing in the folders of the node software can be written by everybody',
    severity: 'critical',
    why: 'Whoever may replace the program or its configuration runs as the account of the service, often root.',
    mend: 'chmod o-w PATH',
    seenIn: '`find` to a depth of 3 in those folders, without their caches',
    parts: ['writable', 'folders'],
    judge: (evidence: Evidence): Verdict => {
      const paths = linesOf(evidence, 'writable', 'writable');
      if (paths.length > 0) return failed(`Everybody may write ${listed(paths)}.`);
      if (foldersOf(evidence).length === 0) return unknown('No folder of the node software was found.');
      return passed('Nothing that the account can see is open for writing.');
    },
  },
  {
    id: 'node-not-root',
    title: 'The node software does not run as root',
    severity: 'warning',
    why: 'It speaks to the whole internet; a flaw in it is then the whole machine.',
    mend: 'User=ACCOUNT and AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit (systemctl edit UNIT), chown -R ACCOUNT its folder, systemctl restart UNIT',
    lockOut:
      'The node stays down when the account may not read its identity or write its cache: back the identity up first.',
    seenIn: '`/proc/*/comm` and `status`',
    parts: ['processes'],
    judge: (evidence: Evidence): Verdict => {
      const running = linesOf(evidence, 'processes', 'runs').map((line) => line.split(' '));
      if (running.length === 0) return unknown('No program of the node software was seen running.');
      const asRoot = running.filter(([, uid]) => uid === '0').map(([name = '']) => name);
      return asRoot.length > 0
        ? failed(`${listed([...new Set(asRoot)])} runs as root.`)
        : passed(`${listed([...new Set(running.map(([name = '']) => name))])} runs as an ordinary account.`);
    },
  },
];

interface Entry {
  readonly mode: number;
  readonly path: string;
}

const ENTRY = /^(?<mode>[0-7]{3,5}) \d+ (?<path>\/.*)$/;

function foldersOf(evidence: Evidence): Entry[] {
  return linesOf(evidence, 'folders', 'folder').flatMap(readEntry);
}

function readEntry(line: string): Entry[] {
  const { mode, path } = ENTRY.exec(line)?.groups ?? {};
  return mode === undefined || path === undefined ? [] : [{ mode: Number.parseInt(mode, 8), path }];
}

/** What stands in a folder that others may not enter is as closed as the folder. */
function judgeModes(evidence: Evidence, patterns: readonly string[], what: string): Verdict {
  const folders = foldersOf(evidence);
  if (folders.length === 0) return unknown('No folder of the node software was found.');
  const closed = new Set(folders.filter(({ mode }) => (mode & 0o011) === 0).map(({ path }) => path));
  const names = patterns.map((pattern) => `/${pattern.replace('*', '')}`);
  const files = linesOf(evidence, 'folders', 'file')
    .flatMap(readEntry)
    .filter(({ path }) => names.some((name) => path.slice(path.lastIndexOf('/')).startsWith(name)));
  const open = files.filter(
    ({ mode, path }) => (mode & 0o077) !== 0 && !closed.has(path.slice(0, path.lastIndexOf('/'))),
  );
  if (open.length > 0) {
    return failed(listed(open.map(({ mode, path }) => `${path} has mode ${mode.toString(8)}`)) + '.');
  }
  if (linesOf(evidence, 'folders', 'file').length >= MOST) {
    return unknown(`There are more than ${MOST} such files, and not all were looked at.`);
  }
  if (files.length > 0) return passed(`Seen, and closed: ${listed(files.map(({ path }) => path))}.`);
  const entered = folders.find(({ mode }) => (mode & 0o001) !== 0);
  if (entered === undefined) return passed('They stand in folders that others may not enter.');
  return unknown(`There are no ${what} in ${listed(folders.map(({ path }) => path))}.`);
}
