import type { Snippet } from '../collector.js';
import { SYSTEM_SLICES } from './control-group.js';

/** The generations of the node software that can be told apart by what stands on a node. */
export const GENERATIONS = ['lattice', 'mainnet', 'testnet', 'devnet'] as const;
export type Generation = (typeof GENERATIONS)[number];

/** Units under which the generations run, from official and community guides. */
const UNITS = ['popcache', 'pop', 'popd', 'pipe', 'pipe-pop', 'pipe-node', 'dcdnd'];

/** Where units come from that no administrator wrote; only exact names are looked for there, since the folders are large. */
const PACKAGED = [
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/usr/local/lib/systemd/system',
  '/run/systemd/system',
  '/run/systemd/transient',
];

/** Instances of a template are no files: those that start at boot are links, those that run are control groups. */
const INSTANCES = [
  '/etc/systemd/system/*.wants',
  ...SYSTEM_SLICES.map((slice) => `${slice}/system-*.slice`),
].map((folder) => `${folder}/[dp]*@?*.service`);

/** Working directories of devnet in official and community guides, as far as other accounts may look into them. */
export const DEVNET_FOLDERS = [
  '/opt/pop',
  '/var/lib/pop',
  '/opt/dcdn',
  '/opt/pipe-pop',
  '/root/pipe',
  '/root/pipenetwork',
];

const MAX_UNITS = 32;
const MAX_LINES = 200;

/**
 * Sets `$G`, the generations of which files are there, and `$N`, the units that may run the node software, at most 32: words
 * with a blank before each. Several units on one node may be told apart by digits or an instance: `popcache2`, `pop-03`,
 * `pipe-node@eu`. A name of a unit alone tells no generation, since several of them used the same, but for that of
 * testnet. Nothing is opened but unit files, and those only to see whether they have the options of devnet. No process is
 * started.
 */
export const installations: Snippet = {
  name: 'installations',
  script: () => installationsScript('[ -f $f ] && [ -r $f ]'),
};

/**
 * The text of {@link installations}.
 *
 * @param mayOpen POSIX sh that tells whether the unit file `$f` may be opened
 */
export const installationsScript = (mayOpen: string): string => `G= N= i=0 k= x=
n() {
for f; do
[ -e "$f" ] || [ -L "$f" ] || continue
m=\${f##*/}
case $m in *[!A-Za-z0-9@._-]*) continue ;; esac
o=\${m%.service} o=\${o%%@*} o=\${o%[0-9]} o=\${o%[0-9]} o=\${o%[-_]}
case $o in ${UNITS.join('|')}|popcache[-_]*) ;; *) continue ;; esac
case "$m$N " in *@.service*) x=1; continue ;; *" $m "*) continue ;; esac
[ $i -lt ${MAX_UNITS} ] || return 0
i=$((i+1)) N="$N $m" k="$k $f"
done
}
n /etc/systemd/system/[dp]*.service
for d in ${PACKAGED.join(' ')}; do
n ${UNITS.map((unit) => `$d/${unit}.service`).join(' ')}
done
[ -z "$x" ] || n ${INSTANCES.join(' ')}
if [ -e /etc/pipe-node ] || [ -e /usr/local/bin/lattice-node ]; then G="$G lattice"; fi
if [ -e /opt/pipe/.env ] || [ -e /opt/pipe/pop ]; then G="$G mainnet"
elif [ -d /opt/pipe ] && [ ! -x /opt/pipe ]; then G="$G mainnet"; fi
case $N in *' popcache'*) x=1 ;; *) x= ;; esac
if [ "$x" ] || [ -e /opt/popcache ]; then G="$G testnet"; fi
x=
for f in ${DEVNET_FOLDERS.join(' ')}; do
[ ! -e $f/node_info.json ] || x=1
done
for f in $k; do
case $x\${f##*/} in 1*|popcache*) continue ;; esac
${mayOpen} || continue
i=0
while [ $i -lt ${MAX_LINES} ] && read -r l; do
i=$((i+1))
case $l in '#'*|';'*) ;; *--pubKey*|*--max-disk*) x=1; break ;; esac
done <$f
done
l=
[ -z "$x" ] || G="$G devnet"`;
