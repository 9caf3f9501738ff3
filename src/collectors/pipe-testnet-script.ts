import type { SoftwareSettings } from '../core/software.js';

/**
 * The endpoints of the testnet node software that may be asked. Any other path is taken for traffic of a customer and
 * makes the node query the network's control plane.
 */
export const ENDPOINTS = [
  { name: 'health', path: '/health' },
  { name: 'state', path: '/state' },
  { name: 'status', path: '/status' },
  { name: 'metrics', path: '/metrics' },
  { name: 'cache_stats', path: '/cache/stats' },
] as const;

/** Bytes of one body, and of all of them. The largest that was recorded has 700. */
const BODY_BYTES = 65_536;
const ALL_BYTES = 262_144;

/** Signs of an installation. They are looked for, never opened: the files beside them hold the node's identity. */
const EVIDENCE = [
  '/opt/popcache',
  '/etc/systemd/system/popcache.service',
  '/usr/lib/systemd/system/popcache.service',
  '/lib/systemd/system/popcache.service',
];

/**
 * Signs of the other generations. Their software may listen on the same ports and take an unknown path for traffic of a
 * customer, so that a node which has only these is asked nothing.
 */
const OTHERS = ['/opt/pipe', '/etc/pipe-node', '/usr/local/bin/lattice-node', '/opt/dcdn'];

/** A body that only this software gives, so that a page for every path on the same port does not end the search. */
const RECOGNISED = `*'"pop_id"'* | *'"uptime_seconds"'* | *'"disk_cache"'*`;

/**
 * Prints the token, `installed 1|0`, `client curl|wget|none`, and the answer of each endpoint followed by a line
 * `@TOKEN HTTP-STATUS CONNECTS URL`.
 *
 * Plain HTTP is asked first. When that answers nothing useful at once, the TLS port is asked with TLS, with whatever
 * certificate since it is the loopback address, and then without: the software falls back to plain HTTP on that port
 * when it could not get a certificate. That last step is left out when nobody listens, and a server that keeps the
 * client waiting is never followed by another attempt, so that a hanging node costs 3 s and not 9.
 */
export function pipeTestnetScript(software: SoftwareSettings): string {
  const paths = ENDPOINTS.map(({ path }) => path);
  const last = paths.at(-1) ?? '';
  return `i=0
for f in ${EVIDENCE.join(' ')}; do [ ! -e $f ] || i=1; done
printf '%s\\ninstalled %s\\n' "$T" $i
m=2
command -v timeout >/dev/null || m=1
if command -v curl >/dev/null; then
echo client curl
g() { o=$(${CURL} ${paths.map((path) => `"$1${path}"`).join(' ')} 2>/dev/null | head -c ${ALL_BYTES}); }
elif command -v wget >/dev/null; then
echo client wget
case $(wget --help 2>&1) in *--max-redirect*) w='--max-redirect=0 -t 1 -T 2' ;; *) w= ;; esac
g() {
case $1 in https:*) k=--no-check-certificate ;; *) k= ;; esac
o=$(t 3 sh -c '${WGET_LOOP}' "$T" "$1" "$w $k" ${paths.join(' ')})
}
else
echo client none
g() { o=; }
fi
x=0
for f in ${OTHERS.join(' ')}; do [ ! -e $f ] || x=1; done
[ $i$x != 01 ] || g() { o=; }
g http://127.0.0.1:${software.httpPort}
case $o in
${RECOGNISED}) ;;
*${last}*)
g https://127.0.0.1:${software.httpsPort}
case $o in
${RECOGNISED}) ;;
*"
@$T 000 0 "*) ;;
*${last}*) g http://127.0.0.1:${software.httpsPort} ;;
esac ;;
esac
printf '%s\\n' "$o"`;
}

/** No .curlrc, no proxy, no redirects; one connection for all paths. Less patient where no limit holds for all of them. */
const CURL = `t 3 curl -q -s -k -m $m --noproxy '*' --max-filesize ${BODY_BYTES} -w "\\n@$T %{http_code} %{num_connects} %{url_effective}\\n"`;

/** Runs in a shell of its own to be under one time limit. Without -T for busybox, whose version 1.35 crashes on it. */
const WGET_LOOP = `u=$1 w=$2; shift 2
for f; do
q=$(wget -q -O - $w "$u$f" 2>/dev/null | head -c ${BODY_BYTES})
c=200; [ -n "$q" ] || c=000
printf "%s\\n@%s %s - %s\\n" "$q" "$0" $c "$u$f"
done`;
