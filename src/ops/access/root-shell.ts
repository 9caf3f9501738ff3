/** Bytes of a file that root reads: an authorized_keys of a thousand keys, any gate, any manifest. */
export const FILE_BYTES = 262_144;

/** Programs of the system alone: /usr/local may belong to others. */
export const ROOT_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * POSIX sh for dash, bash and busybox with which root acts in a file system that others may change at any moment. A shell can look at
 * a path and then act on it, never both in one call; so it acts only where the answer cannot change in between: in folders of which
 * every one from / down is a folder of root's, no link, that only root can write. See docs/security.md.
 *
 * - `look PATH` sets `what` (folder, file, link, other, none, hidden), `mode`, `owner` (numbers), `size` and `id`. It follows no link.
 *   `hidden` is what cannot be looked at, so that it may be anything: the home of a user's own file system, for one.
 * - `rooted FOLDER` is true when only root can change what a path through it leads to; else `why` says what is wrong, and
 *   `what` is `none` when the first thing that is wrong is that it is missing.
 * - `no PATH KIND` sets `why` for something that is no file or no folder, and is false.
 * - `plain PATH UID` is true when `PATH` is missing, or a file that may be read and shown to the account: one of its own, or one of
 *   root's that everybody can read. It is bounded, and reading it cannot block.
 * - `clean PATH` is true when a file holds no control characters but tabs and ends of lines: sshd reads a key over some of them.
 * - `simple PATH` is true when no access list goes beyond the mode of a file or folder.
 * - `unmounted FOLDER` is true when no program of a user's answers for what is in it (FUSE), which could say anything.
 */
export const ROOT_SHELL = `LC_ALL=C PATH=${ROOT_PATH}
export LC_ALL PATH
unset CDPATH
umask 022
fail() { printf '%s\\n' "$1" >&2; exit 1; }
look() {
s=$(stat -c '%f %a %u:%g %s %d:%i' "$1" 2>&1) || case $s in
*': No such file or directory'|*': Not a directory') s= ;;
*) s=hidden ;;
esac
set -- $s
mode=\${2:--} owner=\${3:--} size=\${4:--} id=\${5:--}
case \${1-} in
'') what=none ;;
hidden) what=hidden ;;
4???) what=folder ;;
8???) what=file ;;
a???) what=link ;;
*) what=other ;;
esac
}
no() {
case $what in
none) why="\${1:-/} does not exist" ;;
link) why="$1 is a link" ;;
hidden) why="\${1:-/} cannot be looked at, not even by root" ;;
*) why="\${1:-/} is no $2" ;;
esac
return 1
}
rooted() {
case $1/ in [!/]*|*//*|*/./*|*/../*) what=other why="$1 is no plain absolute path"; return 1 ;; esac
set -- "$1" ''
while :; do
look "\${2:-/}"
[ $what = folder ] || { no "$2" folder; return 1; }
case $owner in 0:*) ;; *) why="\${2:-/} does not belong to root"; return 1 ;; esac
case $mode in *[2367]|*[2367]?) why="\${2:-/} can be written by others than root"; return 1 ;; esac
[ "$2" != "$1" ] || return 0
set -- "$1" "$2" "\${1#"$2"/}"
set -- "$1" "$2/\${3%%/*}"
done
}
plain() {
look "$1"
case $what in
none) return 0 ;;
file) ;;
*) no "$1" file; return 1 ;;
esac
case $owner in
"$2":*) ;;
0:*) case $mode in *[4567]) ;; *) why="$1 is for root alone"; return 1 ;; esac ;;
*) why="$1 belongs to neither root nor its account"; return 1 ;;
esac
[ "$size" -le ${FILE_BYTES} ] || { why="$1 is larger than ${FILE_BYTES} bytes"; return 1; }
}
clean() {
[ "$(head -c ${FILE_BYTES} "$1" | tr -d '\\011\\012\\040-\\176\\200-\\377' | wc -c)" -eq 0 ] || { why="$1 holds control characters, by which a key can be disguised"; return 1; }
}
simple() {
if command -v getfacl >/dev/null; then [ -z "$(getfacl -cps "$1" 2>/dev/null)" ]
else case $(ls -ld "$1") in ??????????+*) false ;; esac
fi || { why="$1 has an access list (ACL)"; return 1; }
}
unmounted() {
set -- "$(printf '%s\\n' "$1" | sed 's/\\\\/\\\\134/g; s/ /\\\\040/g; s/	/\\\\011/g')"
while read -r a b c d m r; do
case $m/ in "$1"/*) ;; *) continue ;; esac
case \${r#* - } in fuse*) why="$m is a file system of a user's program (FUSE)"; return 1 ;; esac
done </proc/self/mountinfo
}
`;
