/** An account of this group may be given more to see; without it the audit never calls sudo, which would log a refusal. */
export const GROUP = 'pipefleet-audit';

/** Commands that the audit runs by sudo for an account of the group, exactly as sudoers must name them. */
export const SUDO_COMMANDS = {
  sshd: '/usr/sbin/sshd -T',
  nft: '/usr/sbin/nft -t list ruleset',
  keys: '/usr/bin/cat /root/.ssh/authorized_keys',
  passwd: '/usr/bin/passwd -S -a',
} as const;

/** The whole grant, for /etc/sudoers.d/pipefleet-audit. */
export const SUDOERS = `%${GROUP} ALL=(root) NOPASSWD: ${Object.values(SUDO_COMMANDS).join(', ')}`;

/** The line of sudoers that lets an account of the group run one of them. */
export function allow(command: keyof typeof SUDO_COMMANDS): string {
  return `%${GROUP} ALL=(root) NOPASSWD: ${SUDO_COMMANDS[command]}`;
}

/** Sets `$audit_as` to `root`, `sudo` or `none`, without asking any name service. */
export const PRIVILEGE = `audit_as=none
case $(id -u) in
0) audit_as=root ;;
*) audit_gid=$(awk -F: '$1 == "${GROUP}" { print $3 }' /etc/group 2>/dev/null)
case " $(id -G) " in *" \${audit_gid:-none} "*) audit_as=sudo ;; esac ;;
esac
audit_root() {
case $audit_as in
root) "$@" ;;
sudo) sudo -n "$@" ;;
*) false ;;
esac
}`;
