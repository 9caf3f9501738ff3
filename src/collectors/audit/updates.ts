import { failed, passed, unknown, type AuditCheck, type Verdict } from './check.js';
import { linesOf, says, type Evidence, type EvidencePart } from './evidence.js';
import { activeUnits } from './firewall.js';
import { trimTrailing } from '../../core/text.js';

const RELEASE = '/proc/sys/kernel/osrelease';
export const UPDATES_FILES = [RELEASE];

/**
 * Prints `tool NAME`, `periodic VALUE` in the order of apt's files, `apply yes|no`, `job`, `reboot` and `kernel VERSION`. Of apt's files only
 * the one setting is printed: others hold passwords of proxies.
 */
export const updatesPart: EvidencePart = {
  name: 'updates',
  seconds: 3,
  script: `
for f in apt-get dnf apk unattended-upgrade; do command -v $f >/dev/null && echo "tool $f"; done
sed -n 's/^[[:space:]]*\\(APT::Periodic::\\)\\{0,1\\}Unattended-Upgrade[[:space:]]*"\\([A-Za-z0-9]*\\)".*/periodic \\2/p' /etc/apt/apt.conf.d/* | tail -n 20
sed -n 's/^[[:space:]]*apply_updates[[:space:]]*=[[:space:]]*\\([A-Za-z]*\\).*/apply \\1/p' /etc/dnf/automatic.conf | head -n 5
if grep -qsE '^[^#]*apk.*upgrade' /etc/periodic/*/*; then echo job; fi
[ ! -e /run/reboot-required ] && [ ! -e /var/run/reboot-required ] || echo reboot
for f in /boot/vmlinuz-*; do [ ! -e "$f" ] || printf 'kernel %s\\n' "\${f#*vmlinuz-}"; done | head -n 20`,
};

export const updateChecks: readonly AuditCheck[] = [
  {
    id: 'automatic-updates',
    title: 'Security updates are installed without anybody asking for them',
    severity: 'warning',
    why: 'Holes in sshd or the kernel are used within days; nobody updates fifty nodes by hand as fast.',
    mend: 'Debian, Ubuntu: apt install unattended-upgrades && dpkg-reconfigure -plow unattended-upgrades; Fedora and its kin: dnf install dnf-automatic && systemctl enable --now dnf-automatic-install.timer',
    lockOut:
      'An update may restart services; leave Unattended-Upgrade::Automatic-Reboot off, or give it an hour.',
    seenIn: "`APT::Periodic` in apt's configuration, `/etc/dnf/automatic.conf`, timers",
    parts: ['updates', 'units', 'firewall'],
    judge: judgeUpdates,
  },
  {
    id: 'reboot-pending',
    title: 'The newest installed kernel runs, and no update waits for a reboot',
    severity: 'warning',
    why: 'An update of the kernel or the C library that is not running mends nothing.',
    mend: 'systemctl reboot, one node after the other, at an hour that the rules on uptime allow',
    lockOut: 'A machine that does not come up again needs the console of its provider: know how to reach it.',
    seenIn: '`/run/reboot-required`, names in `/boot`',
    parts: ['updates'],
    judge: judgeReboot,
  },
];

function judgeUpdates(evidence: Evidence): Verdict {
  const tools = linesOf(evidence, 'updates', 'tool');
  if (tools.includes('apt-get')) return judgeApt(evidence, tools);
  if (tools.includes('dnf')) return judgeDnf(evidence);
  if (says(evidence, 'updates', 'job')) return passed('A job in /etc/periodic runs apk upgrade.');
  if (tools.includes('apk'))
    return unknown('No job in /etc/periodic runs apk upgrade; another way is not seen.');
  return unknown('None of apt, dnf and apk is there.');
}

function judgeApt(evidence: Evidence, tools: readonly string[]): Verdict {
  const periodic = linesOf(evidence, 'updates', 'periodic').at(-1);
  if (!tools.includes('unattended-upgrade')) return failed('unattended-upgrades is not installed.');
  if (periodic === undefined || periodic === '0') {
    return failed(`APT::Periodic::Unattended-Upgrade is ${periodic ?? 'not set'}.`);
  }
  const said = `APT::Periodic::Unattended-Upgrade is ${periodic}`;
  const units = evidence.parts.get('units')?.lines ?? [];
  if (units.length > 0 && !activeUnits(evidence).has('apt-daily-upgrade.timer')) {
    return failed(`${said}, but apt-daily-upgrade.timer does not run.`);
  }
  return passed(`${said}.`);
}

function judgeDnf(evidence: Evidence): Verdict {
  const active = activeUnits(evidence);
  if (active.has('dnf-automatic-install.timer')) return passed('dnf-automatic-install.timer runs.');
  if (!active.has('dnf-automatic.timer') && !active.has('dnf5-automatic.timer')) {
    return failed('No timer of dnf-automatic runs.');
  }
  const apply = linesOf(evidence, 'updates', 'apply').at(-1)?.toLowerCase();
  if (apply === undefined)
    return unknown('dnf-automatic runs; whether it installs anything could not be read.');
  return apply === 'yes' || apply === 'true' || apply === 'on'
    ? passed('dnf-automatic runs with apply_updates.')
    : failed('dnf-automatic runs, but apply_updates is off.');
}

function judgeReboot(evidence: Evidence): Verdict {
  if (says(evidence, 'updates', 'reboot')) return failed('/run/reboot-required is there.');
  const running = evidence.files.get(RELEASE)?.trim() ?? '';
  const kernels = linesOf(evidence, 'updates', 'kernel').filter((name) => !name.includes('rescue'));
  if (running === '') return unknown('/proc/sys/kernel/osrelease could not be read.');
  if (kernels.length === 0) return unknown('No kernel with a version in its name was seen in /boot.');
  const newer = kernels.find((kernel) => isNewer(kernel, running));
  if (newer !== undefined) return failed(`${running} runs, and ${newer} is installed.`);
  return kernels.includes(running)
    ? passed(`${running} is the newest that is installed.`)
    : unknown(`${running} runs, which is not in /boot.`);
}

const WORDS = /[a-z][a-z_-]*/gi;
const VERSION = /^[\d._+-]*$/;

/** Whether a kernel of the same flavour (`-amd64`, `-generic`, `-virt`) has the higher version. */
function isNewer(kernel: string, running: string): boolean {
  if (flavourOf(kernel) !== flavourOf(running)) return false;
  const numbers = (name: string): number[] => (name.match(/\d{1,9}/g) ?? []).map(Number);
  const [a, b] = [numbers(kernel), numbers(running)];
  for (const [position, number] of a.entries()) {
    const other = b[position];
    if (other === undefined) return true;
    if (number !== other) return number > other;
  }
  return false;
}

/** The last word in the name of a kernel, when only a version follows it: `amd` of `6.1.0-18-amd64`. */
function flavourOf(name: string): string {
  const last = [...name.matchAll(WORDS)].at(-1);
  if (last === undefined || !VERSION.test(name.slice(last.index + last[0].length))) return '';
  const word = trimTrailing(trimTrailing(last[0], '-'), '_');
  return word.length > 1 ? word : '';
}
