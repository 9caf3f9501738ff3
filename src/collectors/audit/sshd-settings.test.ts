import { describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../../core/software.js';
import type { Evidence } from './evidence.js';
import { expectLinear } from '../../testing/linear-cost.js';
import { readSshdSettings, type Keyword } from './sshd-settings.js';

const MAIN = '/etc/ssh/sshd_config';
const inFolder = (name: string): string => `${MAIN}.d/${name}`;

/** Evidence of some files, and of what the part `sshd` said. */
function evidence(files: Readonly<Record<string, string>>, lines: readonly string[] = []): Evidence {
  return {
    files: new Map(Object.entries(files)),
    software: DEFAULT_SOFTWARE,
    parts: new Map([['sshd', { lines, status: 0 }]]),
  };
}

function get(from: Evidence, keyword: Keyword): string {
  const settings = readSshdSettings(from);
  if ('reason' in settings) return settings.reason;
  const setting = settings.get(keyword);
  return 'value' in setting ? setting.value : setting.reason;
}

describe('the configuration files', () => {
  test('what nobody sets is as sshd_config(5) says', () => {
    expect(get(evidence({ [MAIN]: '' }), 'permitrootlogin')).toBe('prohibit-password');
    expect(get(evidence({ [MAIN]: '# PasswordAuthentication no\n' }), 'passwordauthentication')).toBe('yes');
  });

  test.each([
    'PermitRootLogin no',
    'permitrootlogin  NO # never',
    'PermitRootLogin=no',
    '\tPermitRootLogin "no"',
  ])('reads %j', (line) => expect(get(evidence({ [MAIN]: `${line}\n` }), 'permitrootlogin')).toBe('no'));

  test('the first value counts, and an included file stands where it is included', () => {
    const files = {
      [MAIN]: 'MaxAuthTries 3\nInclude /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\n',
      [inFolder('10-a.conf')]: 'PasswordAuthentication no\n',
      [inFolder('20-b.conf')]: 'PasswordAuthentication yes\nMaxAuthTries 9\n',
    };
    expect(get(evidence(files), 'passwordauthentication')).toBe('no');
    expect(get(evidence(files), 'maxauthtries')).toBe('3');
  });

  test('a folder that nobody includes has no say', () => {
    const files = { [MAIN]: 'UsePAM yes\n', [inFolder('10-a.conf')]: 'PermitRootLogin no\n' };
    expect(get(evidence(files), 'permitrootlogin')).toBe('prohibit-password');
  });

  test('what may stand in a file that cannot be read is not known, unless it was set before', () => {
    const from = evidence(
      {
        [MAIN]: 'X11Forwarding no\nInclude sshd_config.d/*.conf\nPasswordAuthentication no\n',
        [inFolder('10-a.conf')]: 'PermitRootLogin no\n',
      },
      [`denied ${inFolder('50-cloud-init.conf')}`],
    );
    expect(get(from, 'x11forwarding')).toBe('no');
    expect(get(from, 'permitrootlogin')).toBe('no');
    expect(get(from, 'passwordauthentication')).toBe(`${inFolder('50-cloud-init.conf')} cannot be read.`);
    expect(get(from, 'maxauthtries')).toBe(`${inFolder('50-cloud-init.conf')} cannot be read.`);
  });

  test('a Match block ends what holds for everybody, in its own file only', () => {
    const files = {
      [MAIN]: 'Include /etc/ssh/sshd_config.d/*.conf\nMatch User a\nPasswordAuthentication yes\n',
      [inFolder('10-a.conf')]: 'Match User b\nPasswordAuthentication yes\n',
      [inFolder('20-b.conf')]: 'PasswordAuthentication no\n',
    };
    expect(get(evidence(files), 'passwordauthentication')).toBe('no');
    expect(readSshdSettings(evidence(files))).toMatchObject({ hasMatch: true });
  });

  test('what follows Match all holds for everybody', () => {
    const from = evidence({
      [MAIN]: 'Match User a\nPermitEmptyPasswords no\nMatch all\nPermitEmptyPasswords yes\n',
    });
    expect(get(from, 'permitemptypasswords')).toBe('yes');
  });

  test('a folder that cannot be read may hold anything', () => {
    const files = { [MAIN]: 'Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\n' };
    const folder = inFolder('').replace(/\/$/, '');
    expect(get(evidence(files, [`denied ${folder}`]), 'permitrootlogin')).toBe(`${folder} cannot be read.`);
  });

  test('the older name of a setting, and of a value', () => {
    const from = evidence({
      [MAIN]: 'ChallengeResponseAuthentication no\nPermitRootLogin without-password\n',
    });
    expect(get(from, 'kbdinteractiveauthentication')).toBe('no');
    expect(get(from, 'permitrootlogin')).toBe('prohibit-password');
  });

  test('files of another place are not guessed', () => {
    const from = evidence({ [MAIN]: 'Include /srv/ssh/*.conf\nPermitRootLogin no\n' });
    expect(get(from, 'permitrootlogin')).toBe(`${MAIN} includes /srv/ssh/*.conf, which is not read.`);
  });
});

describe('sshd itself', () => {
  const said = ['effective port 22', 'effective port 2222', 'effective permitrootlogin without-password'];

  test('is believed before its files', () => {
    const from = evidence({ [MAIN]: 'PermitRootLogin yes\n' }, said);
    expect(get(from, 'permitrootlogin')).toBe('prohibit-password');
    const settings = readSshdSettings(from);
    expect('ports' in settings && settings.ports()).toEqual([22, 2222]);
    expect(settings).toMatchObject({ hasMatch: false });
    const matched = evidence({ [MAIN]: 'Match User a\nPermitRootLogin yes\n' }, said);
    expect(readSshdSettings(matched)).toMatchObject({ hasMatch: true });
  });

  test('where neither it nor its files can be read, that is said', () => {
    expect(get(evidence({}, [`denied ${MAIN}`]), 'permitrootlogin')).toBe(`${MAIN} cannot be read.`);
    expect(get(evidence({}), 'permitrootlogin')).toBe(`There is no ${MAIN}; another SSH server may run.`);
  });
});

test('including the folder in every line costs no more than in one', () => {
  const include = 'Include /etc/ssh/sshd_config.d/*.conf\n';
  expectLinear(
    (text) => void readSshdSettings(evidence({ [MAIN]: text, [inFolder('10-a.conf')]: text })),
    (length) => include.repeat(length / include.length),
  );
});
