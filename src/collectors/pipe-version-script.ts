/** Bytes of a program that its digest covers, with the identity of the build if it has one: the SHA-256 of 40 MB takes 150 ms. */
const DIGEST_BYTES = 65_536;

/**
 * Prints `generations NAME…`, `binary SIZE MTIME DEVICE:INODE PATH` and `digest PATH SHA256` of each program, `version PATH TEXT`
 * of testnet's, and what says the C library's name and version.
 *
 * A program of another generation that is given an argument it does not know starts a node. So one is run only when
 * - it is a file `/opt/FOLDER/pop` beside a `config.json`, and no other generation's folder,
 * - it has two texts of testnet's software within,
 * - nobody but root or this account could have put it there, as `safe-program.ts` has it.
 * And then with an empty environment, in a folder where no file can be made, without the right to write to any file, for 2 s at
 * most. An `env` that cannot change the folder (busybox has one) runs nothing.
 */
export const PIPE_VERSION_SCRIPT = `echo "generations$G"
l=
if command -v timeout >/dev/null; then l='timeout 2'; fi
set --
for d in $D; do
for f in $d/pop $d/bin/pipe-pop; do [ ! -f $f ] || set -- "$@" $f; done
done
for f in /usr/local/bin/pop /usr/local/bin/lattice-node; do [ ! -f $f ] || set -- "$@" $f; done
[ $# -eq 0 ] || t 2 stat -L -c 'binary %s %Y %d:%i %n' "$@" 2>/dev/null
v() {
case $1 in /opt/pipe/*|/opt/pop/*|/opt/dcdn/*|/opt/pipe-pop/*) return 1 ;; /opt/*/pop) ;; *) return 1 ;; esac
d=\${1%/pop}
case \${d#/opt/} in */*) return 1 ;; esac
[ -e $d/config.json ] && o $1 || return 1
t 2 grep -q -a -F 'Pipe Network CDN PoP Cache Node' $1 2>/dev/null && t 2 grep -q -a -F create-config $1 2>/dev/null
}
for f; do
[ -r $f ] || continue
printf 'digest %s ' $f
$l head -c ${DIGEST_BYTES} $f 2>/dev/null | sha256sum
[ "$l" ] && v $f || continue
printf 'version %s ' $f
{ ulimit -f 0; ulimit -t 2; timeout -s KILL 2 env -i -C /proc $f --version 2>/dev/null; } | head -c 200 | head -n 1
echo
done
getconf GNU_LIBC_VERSION 2>/dev/null || for f in /lib/ld-musl-*.so.1; do [ ! -x $f ] || t 2 $f 2>&1; done`;
