import { failed, listed, passed, unknown, type AuditCheck, type Verdict } from './check.js';
import { linesOf, says, type Evidence, type EvidencePart } from './evidence.js';
import { allow, SUDO_COMMANDS } from './privilege.js';

/** Lines of one kind that are printed at most. */
const MOST = 50;
/** Groups whose members are root, or can make themselves so. */
const MIGHTY = ['root', 'wheel', 'sudo', 'admin', 'docker', 'lxd', 'incus', 'libvirt', 'disk', 'shadow'];

export const accountsPart: EvidencePart = {
  name: 'accounts',
  seconds: 3,
  script: `
awk -F: '$3 == 0 { print "zero", $1 } $2 == "" { print "open", $1 }' /etc/passwd | head -n ${MOST}
printf 'uid %s\\n' "$(id -u)"
awk -F: -v g=" $(id -G) " 'index(g, " " $3 " ") { print "group", $1 }' /etc/group | head -n ${MOST}
if [ -r /etc/shadow ]; then
awk -F: '$2 == "" && n++ < ${MOST} { print "empty", $1 } END { print "shadow" }' /etc/shadow
elif [ $audit_as = sudo ]; then
{ sudo -n passwd -S -a && echo . ; } | awk '$2 == "NP" && n++ < ${MOST} { print "empty", $1 } $1 == "." { print "shadow" }'
fi`,
};

export const accountChecks: readonly AuditCheck[] = [
  {
    id: 'uid-zero',
    title: 'root is the only account with the user id 0',
    severity: 'critical',
    why: 'Any other such account is root by another name, a common way to stay after a break-in.',
    mend: 'userdel -f NAME',
    lockOut:
      'Find out first who made it, and what for; and make sure that another account with sudo can log in.',
    seenIn: '`/etc/passwd`',
    parts: ['accounts'],
    judge: (evidence: Evidence): Verdict => {
      const names = linesOf(evidence, 'accounts', 'zero');
      if (names.length === 0) return unknown('/etc/passwd has no account with the user id 0.');
      const others = names.filter((name) => name !== 'root');
      return others.length > 0
        ? failed(`The user id 0 also belongs to ${listed(others)}.`)
        : passed('Only root has the user id 0.');
    },
  },
  {
    id: 'empty-passwords',
    title: 'No account has an empty password',
    severity: 'critical',
    why: 'Such an account is open to everybody on the machine, and by SSH where sshd permits it.',
    mend: 'passwd -l NAME',
    seenIn: `\`/etc/passwd\`; \`/etc/shadow\` for root, or \`${SUDO_COMMANDS.passwd}\` by sudo`,
    parts: ['accounts'],
    judge: (evidence: Evidence): Verdict => {
      const names = [...linesOf(evidence, 'accounts', 'open'), ...linesOf(evidence, 'accounts', 'empty')];
      if (names.length > 0) return failed(`${listed(names)} may log in without a password.`);
      return says(evidence, 'accounts', 'shadow')
        ? passed('Every account has a password, or none that could be given.')
        : unknown('/etc/shadow cannot be read.', allow('passwd'));
    },
  },
  {
    id: 'monitor-account',
    title: "pipefleet's own account is neither root nor in a group that can become root",
    severity: 'warning',
    why: 'Reading needs no power. A key that lies on the machine of the exporter for good should be worth nothing else.',
    mend: 'make an account as docs/operations.md says, and name it in pipefleet.yml; or gpasswd -d NAME GROUP',
    lockOut: 'Leave the old login in place until pipefleet probe works with the new one.',
    seenIn: '`id` and `/etc/group`',
    parts: ['accounts'],
    judge: (evidence: Evidence): Verdict => {
      const [uid = ''] = linesOf(evidence, 'accounts', 'uid');
      if (!/^\d+$/.test(uid)) return unknown('The user id of the account was not stated.');
      if (uid === '0') return failed('It logs in as root.');
      const groups = linesOf(evidence, 'accounts', 'group').filter((group) => MIGHTY.includes(group));
      return groups.length > 0 ? failed(`It is in ${listed(groups)}.`) : passed('It is an ordinary account.');
    },
  },
];
