import type { Snippet } from '../collector.js';

/**
 * Sets `o`: `o FILE` succeeds when the account may run a program that nobody but root, or the account itself, could have put
 * there. Else the node software, which faces the network, could make the account that watches it run what it likes.
 *
 * In a container root is the node software itself; so nothing is safe where there is an engine for containers, and no unit of systemd
 * that would run the program outside of them.
 */
export const safeProgram: Snippet = {
  name: 'safe-program',
  script: () => `o() {
[ -f $1 ] && [ -x $1 ] && [ ! -L $1 ] && [ ! -L \${1%/*} ] || return 1
if [ -z "$N" ]; then
for x in /run/docker.sock /run/containerd /run/podman; do [ ! -e $x ] || return 1; done
fi
y=0
for x in $(stat -c %u:%a $1 \${1%/*} 2>/dev/null); do
y=$((y+1))
case $x in
*[2367]|*[2367]?|*:????*) return 1 ;;
0:*) ;;
*) [ -O $1 ] && [ -O \${1%/*} ] || return 1 ;;
esac
done
[ $y = 2 ]
}`,
};
