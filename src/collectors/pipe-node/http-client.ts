import { quote } from '../../core/shell.js';
import type { Snippet } from '../collector.js';

/** Bytes of all answers of one server together. The largest body that was recorded has 700. */
const ALL_BYTES = 262_144;

/**
 * Asks with what bash is made of: five answers of the usual size cost 3 ms of CPU, of which 1 ms is its start, while a curl and what
 * bounds it cost 11. HTTP/1.0 and a connection for each path, so that an answer is over when the server closes. A request is
 * one write, as `%s` is but for the first that bash prints at all. `read -N` reads in blocks; with a time limit of its own
 * (`-t`) bash 5.2 would select(2) for each byte.
 */
const BASH = `
trap "" PIPE
printf . >/dev/null
g() {
w=$1 m=$2 a="$3 http://127.0.0.1:$5" p=$5 r=2 n=${ALL_BYTES}
shift 5
for f; do
[ $n -ge $m ] || m=$n
{
[ $r = 0 ] || r=1
printf -v d "GET $f HTTP/1.0\\r\\nHost: 127.0.0.1:$p\\r\\nConnection: close\\r\\n\\r\\n"
printf %s "$d" >&3
d=
IFS= read -r -N $m -u 3 d
printf "%s\\n@%s %s\\n" "$d" "$T" "$a$f"
for x in $w; do case $d in *"$x"*) r=0 ;; esac; done
n=$((n-\${#d}))
} 3<>/dev/tcp/127.0.0.1/$p || break
[ $n -gt 0 ] || break
done
return $r
}
g "$@"`;

/**
 * What a shell needs around programs that it cannot wait for itself: `l SECONDS CMD…` runs one and ends it in time. The limits of
 * the batch reach a child but not its children, and one that outlived its probe would soon not be alone. It reads `$i`.
 */
export const LIMITED = `
l() {
s=$1
shift
printf %s "$i" | "$@" 2>&1 &
p=$!
( sleep $s; kill -9 $p ) >/dev/null 2>&1 &
k=$!
wait $p
kill -9 $k
}`;

/**
 * No .curlrc, no proxy, no redirects; one connection for all paths, whatever certificate. The token comes as a line of a
 * configuration, since anybody on the node may read arguments.
 */
const CURL = `${LIMITED}
g() {
w=$1 m=$2 v=$3 a="$4://127.0.0.1:$5"
shift 5
for f; do shift; set -- "$@" "$a$f"; done
i="write-out = \\"\\\\n@$T $v %{url_effective}\\\\n\\""
o=$(l 2 curl -q -s -k -i --noproxy "*" --max-filesize $m -K - "$@" | head -c ${ALL_BYTES})
printf "%s\\n" "$o"
case $o in *HTTP/*) r=1 ;; *) r=2 ;; esac
case $o in *"$a$f"*) ;; *) r=124 ;; esac
for x in $w; do case $o in *"$x"*) r=0 ;; esac; done
return $r
}
g "$@"`;

/**
 * The wget of GNU, or that of busybox, which follows redirects and whose version 1.35 crashes on -T. An answer that was not cut
 * off ends in a line break again.
 */
const WGET = `${LIMITED}
g() {
w=$1 m=$2 v=$3 a="$4://127.0.0.1:$5" r=2
case $(wget --help 2>&1) in
*--max-redirect*) o="--no-config --save-headers --content-on-error --max-redirect=0 -t 1 -T 2" ;;
*) o=-S ;;
esac
[ $4 = http ] || o="$o --no-check-certificate"
shift 5
for f; do
d=$(l 2 wget -q -O - $o "$a$f" | head -c $m)
[ \${#d} -ge $m ] || d="$d
"
printf "%s\\n@%s %s\\n" "$d" "$T" "$v $a$f"
case $r$d in 2*HTTP/*) r=1 ;; esac
for x in $w; do case $d in *"$x"*) r=0 ;; esac; done
done
return $r
}
g "$@"`;

/** What a server's answers were worth, as the status of `h`. */
export const NOT_RECOGNISED = 1;
export const NOBODY_LISTENS = 2;
export const NO_CLIENT = 3;
/** No answer within the limit: nothing else is asked of a server that keeps its client waiting. */
export const TOO_SLOW = 124;

/**
 * Sets `$H` and `$S`, the programs that this node has for HTTP and for TLS (bash, curl, wget, none), and `h`:
 *
 *     h WORDS BYTES WHOSE http|https PORT PATH…
 *
 * asks a server on the loopback address, certificate unseen, for some paths. It prints each answer as it came, head and
 * body, at most so many bytes of it, then a line `@TOKEN WHOSE URL`; `read-answers.ts` takes them apart. The status is
 * 0 when an answer has one of the words, else {@link NOT_RECOGNISED}, {@link NOBODY_LISTENS}, {@link NO_CLIENT} or {@link TOO_SLOW}.
 * All of it happens in one child under a limit of 3 s.
 */
export const httpClient: Snippet = {
  name: 'http-client',
  script: () => `S=none
if command -v curl >/dev/null; then S=curl; elif command -v wget >/dev/null; then S=wget; fi
H=$S
if command -v bash >/dev/null; then H=bash; fi
h() {
case $4 in http) c=$H ;; *) c=$S ;; esac
case $c in
bash) t 3 bash -c ${quote(BASH.trim())} bash "$@" 2>/dev/null ;;
curl) t 3 sh -c ${quote(CURL.trim())} curl "$@" 2>/dev/null ;;
wget) t 3 sh -c ${quote(WGET.trim())} wget "$@" 2>/dev/null ;;
*) return ${NO_CLIENT} ;;
esac
}`,
};
