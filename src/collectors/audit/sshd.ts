import { failed, passed, unknown, type AuditCheck, type Verdict } from './check.js';
import type { Evidence, EvidencePart } from './evidence.js';
import { GROUP } from './privilege.js';
import { readSshdSettings, type Keyword, type SshdSettings } from './sshd-settings.js';

const KEYWORDS =
  'port|authenticationmethods|authorizedkeysfile|kbdinteractiveauthentication|maxauthtries|passwordauthentication|permitemptypasswords|permitrootlogin|usepam|x11forwarding';

export const sshdPart: EvidencePart = {
  name: 'sshd',
  seconds: 3,
  script: `
case $audit_as in
sudo) sudo -n sshd -T ;;
*) sshd -T ;;
esac | awk '$1 ~ /^(${KEYWORDS})$/ { print "effective", $0 }'
for f in /etc/ssh/sshd_config /etc/ssh/sshd_config.d /etc/ssh/sshd_config.d/*.conf; do
if [ -e "$f" ] && { [ ! -r "$f" ] || { [ -d "$f" ] && [ ! -x "$f" ]; }; }; then printf 'denied %s\\n' "$f"; fi
done`,
};

const SEEN_IN = `\`sshd -T\` for root or an account of the group \`${GROUP}\`, else \`/etc/ssh/sshd_config\` and \`sshd_config.d\``;
const RELOAD = 'sshd -t && (systemctl reload ssh || systemctl reload sshd)';
const MOST_TRIES = 6;

/**
 * Into a file that is read before the others, since the first value of a keyword is the one that counts; one for each keyword,
 * so that a stricter value takes the place of an earlier one.
 */
const line = (text: string): string => {
  const keyword = text.split(' ', 1).join('').toLowerCase();
  return `echo '${text}' > /etc/ssh/sshd_config.d/00-${keyword}.conf && ${RELOAD}`;
};

const KEY_FIRST =
  'Whoever has no key yet is locked out: log in with a key once, and keep a session open until a second one has worked.';

export const sshdChecks: readonly AuditCheck[] = [
  {
    id: 'ssh-empty-passwords',
    title: 'sshd lets nobody in with an empty password',
    severity: 'critical',
    why: 'An account without a password is open to everybody who finds its name.',
    mend: line('PermitEmptyPasswords no'),
    ...read((settings) => judgeWord(settings, 'permitemptypasswords', (value) => value === 'no')),
  },
  {
    id: 'ssh-root-password',
    title: 'root cannot log in with a password',
    severity: 'critical',
    why: 'root is the one name that every attacker knows; guessing never stops, and one success is the whole machine.',
    mend: line('PermitRootLogin prohibit-password'),
    lockOut: KEY_FIRST,
    ...read(judgeRootPassword),
  },
  {
    id: 'ssh-password-login',
    title: 'sshd accepts no passwords',
    severity: 'warning',
    why: 'Passwords can be guessed and leak; keys cannot be guessed.',
    mend: line('PasswordAuthentication no'),
    lockOut: KEY_FIRST,
    ...read(judgePasswords),
  },
  {
    id: 'ssh-keyboard-interactive',
    title: 'sshd asks for no password by keyboard-interactive either',
    severity: 'warning',
    why: 'With PAM this is a second door for the same passwords, open when only PasswordAuthentication is off.',
    mend: line('KbdInteractiveAuthentication no'),
    lockOut: `${KEY_FIRST} One-time codes of a PAM module come this way too; leave it on with them.`,
    ...read(judgeKeyboardInteractive),
  },
  {
    id: 'ssh-root-login',
    title: 'root does not log in by SSH',
    severity: 'info',
    why: 'With accounts of their own it can be told who did what, and a stolen key is not root at once.',
    mend: line('PermitRootLogin no'),
    lockOut: 'Whoever logs in as root is locked out: make an account with sudo first, and try it.',
    ...read((settings) =>
      judgeWord(settings, 'permitrootlogin', (value) => value === 'no' || value === 'forced-commands-only'),
    ),
  },
  {
    id: 'ssh-x11-forwarding',
    title: 'sshd forwards no X11',
    severity: 'info',
    why: 'A node has no screen; who controls it could read the keyboard of whoever logs in with forwarding.',
    mend: line('X11Forwarding no'),
    ...read((settings) => judgeWord(settings, 'x11forwarding', (value) => value === 'no')),
  },
  {
    id: 'ssh-max-auth-tries',
    title: `A connection has at most ${MOST_TRIES} attempts to log in`,
    severity: 'info',
    why: 'More attempts a connection make guessing faster and leave fewer lines in the log.',
    mend: line(`MaxAuthTries ${MOST_TRIES}`),
    lockOut:
      'An ssh-agent with more keys than that is refused before it offers the right one: set IdentitiesOnly.',
    ...read((settings) => judgeWord(settings, 'maxauthtries', (value) => Number(value) <= MOST_TRIES)),
  },
];

/** The parts of a check that goes by sshd's settings alone. */
function read(judge: (settings: SshdSettings) => Verdict): Pick<AuditCheck, 'judge' | 'parts' | 'seenIn'> {
  return {
    seenIn: SEEN_IN,
    parts: ['sshd'],
    judge: (evidence: Evidence) => {
      const settings = readSshdSettings(evidence);
      return 'reason' in settings ? unknown(settings.reason, settings.allow) : judge(settings);
    },
  };
}

function judgeWord(settings: SshdSettings, keyword: Keyword, isRight: (value: string) => boolean): Verdict {
  const setting = settings.get(keyword);
  if ('reason' in setting) return unknown(setting.reason, setting.allow);
  const said = sentence(settings, `${keyword} is ${setting.value}`);
  return isRight(setting.value) ? passed(said) : failed(said);
}

/** Passwords of whatever way are of no use where every method that is accepted needs none. */
function needsPassword(settings: SshdSettings): boolean {
  const methods = settings.get('authenticationmethods');
  return 'reason' in methods || /any|password|keyboard/.test(methods.value);
}

function judgePasswords(settings: SshdSettings): Verdict {
  if (!needsPassword(settings)) return passed(sentence(settings, 'authenticationmethods has no passwords'));
  return judgeWord(settings, 'passwordauthentication', (value) => value === 'no');
}

function judgeKeyboardInteractive(settings: SshdSettings): Verdict {
  if (!needsPassword(settings)) return passed(sentence(settings, 'authenticationmethods has no passwords'));
  const pam = settings.get('usepam');
  if ('value' in pam && pam.value === 'no')
    return passed(sentence(settings, 'usepam is no, so that nothing answers it'));
  return judgeWord(settings, 'kbdinteractiveauthentication', (value) => value === 'no');
}

function judgeRootPassword(settings: SshdSettings): Verdict {
  const root = settings.get('permitrootlogin');
  if ('reason' in root) return unknown(root.reason, root.allow);
  if (root.value !== 'yes') return passed(sentence(settings, `permitrootlogin is ${root.value}`));
  const ways = [judgePasswords(settings), judgeKeyboardInteractive(settings)];
  const open = ways.find(({ result }) => result === 'failed');
  if (open !== undefined) return failed(`permitrootlogin is yes, and ${open.detail}`);
  return (
    ways.find(({ result }) => result === 'unknown') ??
    passed(sentence(settings, 'permitrootlogin is yes, but no passwords are accepted'))
  );
}

function sentence({ source, hasMatch }: SshdSettings, what: string): string {
  return `${what} (${source}${hasMatch ? ', apart from its Match blocks' : ''}).`;
}
