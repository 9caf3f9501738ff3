import { FILE_BYTES } from './root-shell.js';

/**
 * POSIX sh that changes files as root, after `ROOT_SHELL`. Each function makes sure of the folder that it works in before it does
 * anything there, and ends the step with a sentence otherwise. A file is replaced by a new one that is whole, so that a link, a pipe or
 * another name of the old one is never written to.
 *
 * - `room FOLDER` makes a folder of root's where there is none.
 * - `put PATH MODE` makes a file of standard input.
 * - `keys PATH UID [-e KEY …]` takes the lines with the keys out of an authorized_keys file, and adds those of standard input.
 * - `take FOLDER UID OWNER MODE` gives a folder of the account UID to root; `make FOLDER` makes one that is not there.
 * - `give FOLDER UID:GID MODE` gives a folder in a folder of root's to an account.
 * - `only PATH` makes sure that a further file of keys is root's, or missing where only root can make it.
 * - `shared MANIFEST WORDS` is true when the manifest of another fleet has a line with the words.
 */
export const APPLY_SHELL = `new=
relabel() { ! command -v restorecon >/dev/null || restorecon "$1" 2>/dev/null || :; }
room() {
if rooted "$1"; then return; fi
[ $what = none ] || fail "$why"
room "\${1%/*}"
mkdir "$1"
chmod 755 "$1"
}
begin() {
rooted "\${1%/*}" || fail "$why"
look "$1"
case $what in none|file) ;; *) no "$1" file || fail "$why" ;; esac
new=$(mktemp "\${1%/*}/.pipefleet.XXXXXX")
}
finish() {
chown "$2" "$new"
chmod "0$3" "$new"
mv -f "$new" "$1"
new=
relabel "$1"
}
put() {
begin "$1"
cat >"$new"
finish "$1" 0:0 "$2"
}
without() {
f=$1
shift 2
if [ $what = none ]; then :
elif [ $# = 0 ]; then head -c ${FILE_BYTES} "$f"
else head -c ${FILE_BYTES} "$f" | grep -avF "$@" || [ $? = 1 ]
fi
}
keys() {
begin "$1"
plain "$1" "$2" || fail "$why"
[ $what = none ] || clean "$1" || fail "$why"
{ without "$@"; cat; } >"$new"
finish "$1" 0:0 644
}
make() {
rooted "\${1%/*}" || fail "$why"
mkdir -m 700 "$1"
chmod 755 "$1"
relabel "$1"
}
take() {
rooted "\${1%/*}" || fail "$why"
look "$1"
[ $what = folder ] || no "$1" folder || fail "$why"
case $owner in 0:*|"$2":*) ;; *) fail "$1 belongs to neither root nor its account" ;; esac
chown "$3" "$1"
simple "$1" || fail "$why"
chmod "00$4" "$1"
rooted "$1" || fail "$why"
unmounted "$1" || fail "$why"
relabel "$1"
}
give() {
rooted "\${1%/*}" || fail "$why"
look "$1"
[ $what = folder ] || no "$1" folder || fail "$why"
chown "$2" "$1"
chmod "0$3" "$1"
}
only() {
if rooted "\${1%/*}"; then
look "$1"
case $what:$owner in none:*|file:0:*) return ;; esac
fail "$1, from which sshd reads keys too, is not a file of root's"
fi
[ $what = none ] || fail "$1, from which sshd reads keys too, can be changed by others than root: $why"
}
shared() {
for f in "\${1%/*}"/manifest-*; do
[ "$f" = "$1" ] || [ ! -f "$f" ] || ! grep -qF -e "$2" "$f" || return 0
done
return 1
}
`;
