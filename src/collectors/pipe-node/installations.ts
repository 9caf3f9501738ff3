import type { Snippet } from '../collector.js';

/** The generations of the node software that can be told apart by what stands on a node. */
export const GENERATIONS = ['lattice', 'mainnet', 'testnet', 'devnet'] as const;
export type Generation = (typeof GENERATIONS)[number];

/** Where units come from that no administrator wrote; only exact names are looked for there, since the folders are large. */
const PACKAGED = ['/usr/lib/systemd/system', '/lib/systemd/system', '/run/systemd/system'];
const UNITS = ['popcache', 'pop', 'popd', 'pipe', 'pipe-pop', 'pipe-node', 'dcdnd'];

/**
 * Sets `$G`, the generations of which files are there, and `$N`, the units that may run the node software: words with a blank
 * before each. Nothing is opened but unit files, and those only to see whether they have the options of devnet. A name of a
 * unit alone tells no generation: several of them used the same.
 */
export const installations: Snippet = {
  name: 'installations',
  script: () => `G= N=
if [ -e /etc/pipe-node ] || [ -e /usr/local/bin/lattice-node ]; then G="$G lattice"; fi
if [ -e /opt/pipe/.env ] || [ -e /opt/pipe/pop ]; then G="$G mainnet"; fi
if [ -e /opt/popcache ]; then G="$G testnet"; fi
for f in /etc/systemd/system/pop*.service /etc/systemd/system/pipe*.service /etc/systemd/system/dcdn*.service \\
${PACKAGED.flatMap((folder) => UNITS.map((unit) => `${folder}/${unit}.service`)).join(' ')}; do
[ -e $f ] || continue
f=\${f##*/}
case "$N $f" in *" $f "*|*' popularity-contest'*|*' pipewire'*|*' pipefleet'*) ;; *) N="$N $f" ;; esac
done
case $N in *' popcache'*) case $G in *testnet*) ;; *) G="$G testnet" ;; esac ;; esac
case $G$N in
' pop'*|' pipe'*|' dcdn'*) [ -z "$(grep -lse --pubKey -e --max-disk /etc/systemd/system/pop*.service /etc/systemd/system/pipe*.service /etc/systemd/system/dcdn*.service)" ] || G="$G devnet" ;;
esac
for f in /var/lib/pop /opt/pop /opt/dcdn /opt/pipe-pop /root/pipe; do
[ -e $f/node_info.json ] || continue
case $G in *devnet*) ;; *) G="$G devnet" ;; esac
done`,
};
