import { describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../../core/software.js';
import { failed, type Result } from './check.js';
import { CHECKS, FILES, judgeAll, PARTS } from './checks.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const SSHD = '/etc/ssh/sshd_config';
const UFW = '/etc/ufw/ufw.conf';
const UFW_DEFAULTS = '/etc/default/ufw';
const IPV6 = '/proc/net/if_inet6';
const GLOBAL = '20010db8000000000000000000000010 02 40 00 80     eth0\n';
const RELEASE = '/proc/sys/kernel/osrelease';

/** What a node gave: texts of files by path, and what parts printed by name. */
type Given = Readonly<Record<string, string>>;

function judge(id: string, given: Given) {
  const files = new Map(Object.entries(given).filter(([name]) => name.startsWith('/')));
  const parts = PARTS.map(({ name }) => `${given[name] ?? ''}\n@${TOKEN} ${name} 0\n`);
  const output = `${TOKEN}\n${parts.join('')}`;
  const all = judgeAll({ files, output, status: 0, software: DEFAULT_SOFTWARE });
  const found = all.find(({ check }) => check.id === id);
  if (found === undefined) throw new Error(`There is no check ${id}.`);
  return found;
}

const units = (...active: string[]): string =>
  active.map((id) => `Id=${id}\nActiveState=active`).join('\n\n');
const listen = (...sockets: string[]): string =>
  `own 22\nss\n${sockets.map((socket) => `${socket.split(' ')[0]} LISTEN 0 128 ${socket.split(' ')[1]} *:*`).join('\n')}`;

/** Of each check: what passes, what fails, and with what nothing can be said. */
const CASES: readonly (readonly [id: string, result: Result, given: Given])[] = [
  ['ssh-empty-passwords', 'passed', { [SSHD]: '' }],
  ['ssh-empty-passwords', 'failed', { [SSHD]: 'PermitEmptyPasswords yes' }],
  ['ssh-empty-passwords', 'unknown', {}],
  ['ssh-root-password', 'passed', { [SSHD]: '' }],
  ['ssh-root-password', 'passed', { [SSHD]: 'PermitRootLogin yes\nPasswordAuthentication no' }],
  ['ssh-root-password', 'passed', { [SSHD]: 'PermitRootLogin yes\nAuthenticationMethods publickey' }],
  ['ssh-root-password', 'failed', { [SSHD]: 'PermitRootLogin yes' }],
  ['ssh-root-password', 'failed', { [SSHD]: 'PermitRootLogin yes\nPasswordAuthentication no\nUsePAM yes' }],
  ['ssh-root-password', 'unknown', { sshd: `denied ${SSHD}` }],
  ['ssh-password-login', 'passed', { [SSHD]: 'PasswordAuthentication no' }],
  ['ssh-password-login', 'failed', { [SSHD]: '' }],
  ['ssh-password-login', 'unknown', { [SSHD]: 'Include /srv/*.conf' }],
  ['ssh-keyboard-interactive', 'passed', { [SSHD]: 'UsePAM yes\nKbdInteractiveAuthentication no' }],
  ['ssh-keyboard-interactive', 'passed', { [SSHD]: 'UsePAM no' }],
  ['ssh-keyboard-interactive', 'failed', { [SSHD]: 'UsePAM yes' }],
  ['ssh-keyboard-interactive', 'unknown', {}],
  ['ssh-root-login', 'passed', { sshd: 'effective permitrootlogin no' }],
  ['ssh-root-login', 'failed', { sshd: 'effective permitrootlogin without-password' }],
  ['ssh-root-login', 'unknown', {}],
  ['ssh-x11-forwarding', 'passed', { [SSHD]: '' }],
  ['ssh-x11-forwarding', 'failed', { [SSHD]: 'X11Forwarding yes' }],
  ['ssh-x11-forwarding', 'unknown', {}],
  ['ssh-max-auth-tries', 'passed', { [SSHD]: '' }],
  ['ssh-max-auth-tries', 'failed', { [SSHD]: 'MaxAuthTries 7' }],
  ['ssh-max-auth-tries', 'unknown', {}],

  ['monitor-key-restricted', 'passed', { keys: 'self m\nkeys m 2 0 0 0' }],
  ['monitor-key-restricted', 'failed', { keys: 'self m\nkeys m 2 0 1 0' }],
  ['monitor-key-restricted', 'failed', { keys: 'self m\nkeys m 2 0 0 1' }],
  ['monitor-key-restricted', 'unknown', { keys: 'self m' }],
  ['monitor-key-restricted', 'unknown', { keys: 'keys m 1 0 0 0' }],
  [
    'monitor-key-restricted',
    'unknown',
    { keys: 'self m\nkeys m 1 0 0 0', [SSHD]: 'AuthorizedKeysFile /k/%u' },
  ],
  ['root-keys-limited', 'passed', { keys: 'self root\nkeys root 3 0 3 1' }],
  ['root-keys-limited', 'passed', { keys: 'self root' }],
  ['root-keys-limited', 'failed', { keys: 'keys root 3 1 3 3' }],
  ['root-keys-limited', 'unknown', { keys: 'self m\ndenied root' }],
  ['user-keys-limited', 'passed', { keys: 'self m\nkeys m 1 1 1 1\nkeys a 1 0 1 0' }],
  ['user-keys-limited', 'failed', { keys: 'self m\nkeys a 1 1 1 1\ndenied b' }],
  ['user-keys-limited', 'unknown', { keys: 'self m\ndenied b' }],

  ['uid-zero', 'passed', { accounts: 'zero root' }],
  ['uid-zero', 'failed', { accounts: 'zero root\nzero toor' }],
  ['uid-zero', 'unknown', {}],
  ['empty-passwords', 'passed', { accounts: 'shadow' }],
  ['empty-passwords', 'failed', { accounts: 'empty guest\nshadow' }],
  ['empty-passwords', 'failed', { accounts: 'open guest' }],
  ['empty-passwords', 'unknown', { accounts: 'zero root' }],
  ['monitor-account', 'passed', { accounts: 'uid 997\ngroup pipefleet\ngroup adm' }],
  ['monitor-account', 'failed', { accounts: 'uid 0' }],
  ['monitor-account', 'failed', { accounts: 'uid 997\ngroup sudo' }],
  ['monitor-account', 'unknown', {}],

  ['firewall-active', 'passed', { units: units('firewalld.service') }],
  ['firewall-active', 'passed', { units: units('ufw.service'), [UFW]: 'ENABLED=yes' }],
  ['firewall-active', 'passed', { firewall: 'as none\nactive nftables' }],
  ['firewall-active', 'passed', { firewall: 'as root\nseen\nlive inet drop' }],
  ['firewall-active', 'passed', { firewall: 'as root\nseen\nlive ip accept 3' }],
  // Docker, or a look at the rules of iptables, leaves an empty chain behind.
  ['firewall-active', 'failed', { firewall: 'as root\nseen\nlive ip accept 0' }],
  ['firewall-active', 'failed', { firewall: 'as root\nseen' }],
  [
    'firewall-active',
    'failed',
    { firewall: 'as none\nnomodule', units: units('ufw.service'), [UFW]: 'ENABLED=no' },
  ],
  ['firewall-active', 'unknown', { units: units('ufw.service'), [UFW]: 'ENABLED=no' }],
  ['firewall-active', 'unknown', { [UFW]: 'ENABLED=yes' }],
  ['firewall-default-deny', 'passed', { firewall: 'seen\nlive ip drop\nlive ip6 drop' }],
  ['firewall-default-deny', 'passed', { firewall: 'active nftables\nfile inet drop' }],
  ['firewall-default-deny', 'passed', { firewall: 'seen\nlive ip drop\nlive ip6 accept' }],
  ['firewall-default-deny', 'passed', { firewall: 'seen\nlive inet drop', [IPV6]: GLOBAL }],
  ['firewall-default-deny', 'failed', { firewall: 'seen\nlive ip drop\nlive ip6 accept', [IPV6]: GLOBAL }],
  ['firewall-default-deny', 'unknown', { firewall: 'seen\nlegacy' }],
  ['firewall-active', 'unknown', { firewall: 'seen\nlegacy' }],
  ['firewall-default-deny', 'unknown', { firewall: 'active nftables\ninclude\nfile inet accept' }],
  ['firewall-default-deny', 'failed', { firewall: 'seen\nlive ip6 drop' }],
  ['firewall-default-deny', 'failed', { firewall: 'active nftables\nfile inet accept' }],
  ['firewall-default-deny', 'failed', { firewall: 'nomodule' }],
  ['firewall-default-deny', 'unknown', { firewall: 'as none\nfile inet drop' }],
  ['firewall-default-deny', 'unknown', { units: units('firewalld.service') }],
  ...(['DROP', 'REJECT', 'ACCEPT'] as const).map(
    (policy) =>
      [
        'firewall-default-deny',
        policy === 'ACCEPT' ? 'failed' : 'passed',
        {
          units: units('ufw.service'),
          [UFW]: 'ENABLED=yes',
          [UFW_DEFAULTS]: `IPV6=yes\nDEFAULT_INPUT_POLICY="${policy}"`,
        },
      ] as const,
  ),
  [
    'firewall-default-deny',
    'failed',
    {
      units: units('ufw.service'),
      [UFW]: 'ENABLED=yes',
      [UFW_DEFAULTS]: 'IPV6=no\nDEFAULT_INPUT_POLICY="DROP"',
      [IPV6]: GLOBAL,
    },
  ],
  ['firewall-default-deny', 'unknown', { units: units('ufw.service'), [UFW]: 'ENABLED=yes' }],

  ['docker-api', 'passed', { sockets: listen('tcp 127.0.0.1:2375') }],
  ['docker-api', 'failed', { sockets: listen('tcp *:2375') }],
  ['docker-api', 'unknown', { sockets: 'own 22' }],
  ['local-ports-only', 'passed', { sockets: listen('tcp 127.0.0.1:7101'), folders: 'generation lattice' }],
  ['local-ports-only', 'passed', { sockets: listen('tcp 0.0.0.0:9090'), folders: 'generation testnet' }],
  ['local-ports-only', 'failed', { sockets: listen('tcp 0.0.0.0:9090'), folders: 'generation mainnet' }],
  ['local-ports-only', 'failed', { sockets: listen('tcp [::]:7101'), folders: 'generation lattice' }],
  // Where a provider translates addresses, the private one is open to the internet.
  ['local-ports-only', 'failed', { sockets: listen('tcp 10.0.0.5:7101'), folders: 'generation lattice' }],
  ['local-ports-only', 'unknown', { folders: 'generation lattice' }],
  [
    'public-tcp-listeners',
    'passed',
    {
      sockets: listen('tcp 0.0.0.0:22', 'tcp *:80', 'tcp [::]:443', 'tcp *:444'),
      folders: 'generation testnet',
    },
  ],
  [
    'public-tcp-listeners',
    'passed',
    { sockets: listen('tcp 0.0.0.0:22', 'tcp *:8003'), folders: 'generation devnet' },
  ],
  // The port after that for TLS is the node software's only where it takes the next one; and 445 is that of Samba.
  ['public-tcp-listeners', 'failed', { sockets: listen('tcp *:444') }],
  ['public-tcp-listeners', 'failed', { sockets: listen('tcp *:445'), folders: 'generation testnet' }],
  ['public-tcp-listeners', 'passed', { sockets: listen('tcp *:2200'), [SSHD]: 'Port 2200' }],
  [
    'public-tcp-listeners',
    'passed',
    { sockets: listen('tcp 10.1.2.3:5432', 'tcp [fe80::1]%eth0:53', 'tcp [::1]:25') },
  ],
  ['public-tcp-listeners', 'failed', { sockets: listen('tcp 203.0.113.5:5432') }],
  ['public-tcp-listeners', 'failed', { sockets: listen('tcp [2001:db8::1]:25') }],
  ['public-tcp-listeners', 'failed', { sockets: 'netstat\ntcp 0 0 :::3306 :::* LISTEN' }],
  ['public-tcp-listeners', 'unknown', {}],
  [
    'public-udp-listeners',
    'passed',
    { sockets: listen('udp 192.0.2.1%eth0:68', 'udp *:443', 'udp 127.0.0.53%lo:53') },
  ],
  ['public-udp-listeners', 'failed', { sockets: listen('udp 0.0.0.0:111') }],
  ['public-udp-listeners', 'unknown', {}],

  [
    'identity-files-mode',
    'passed',
    { folders: 'folder 755 0 /opt/popcache\nfile 600 0 /opt/popcache/.pop_state.json' },
  ],
  [
    'identity-files-mode',
    'passed',
    { folders: 'folder 700 9 /var/lib/pipe-node\nfile 644 9 /var/lib/pipe-node/node.key' },
  ],
  [
    'identity-files-mode',
    'failed',
    { folders: 'folder 750 9 /var/lib/pipe-node\nfile 640 9 /var/lib/pipe-node/node.key' },
  ],
  [
    'config-files-mode',
    'unknown',
    {
      folders: `folder 755 0 /opt/pipe\n${Array.from({ length: 100 }, (_, n) => `file 600 0 /opt/pipe/.env${n}`).join('\n')}`,
    },
  ],
  [
    'identity-files-mode',
    'failed',
    { folders: 'folder 755 0 /opt/popcache\nfile 640 0 /opt/popcache/.pop_state.json.bak' },
  ],
  [
    'identity-files-mode',
    'unknown',
    { folders: 'folder 755 0 /opt/popcache\nfile 644 0 /opt/popcache/config.json' },
  ],
  ['identity-files-mode', 'unknown', {}],
  ['config-files-mode', 'passed', { folders: 'folder 755 0 /opt/pipe\nfile 600 0 /opt/pipe/.env' }],
  [
    'config-files-mode',
    'failed',
    { folders: 'folder 755 0 /opt/popcache\nfile 644 0 /opt/popcache/config.json' },
  ],
  ['config-files-mode', 'unknown', { folders: 'folder 755 0 /opt/pop' }],
  ['world-writable', 'passed', { folders: 'folder 755 0 /opt/pipe' }],
  ['world-writable', 'failed', { folders: 'folder 755 0 /opt/pipe', writable: 'writable /opt/pipe/pop' }],
  ['world-writable', 'unknown', {}],
  ['node-not-root', 'passed', { processes: 'runs pop 998' }],
  ['node-not-root', 'failed', { processes: 'runs pop 998\nruns pop 0' }],
  ['node-not-root', 'unknown', {}],

  ['docker-socket', 'passed', { containers: 'socket 660 0 /run/docker.sock' }],
  ['docker-socket', 'failed', { containers: 'socket 666 0 /run/docker.sock' }],
  ['docker-group', 'passed', { containers: 'members' }],
  ['docker-group', 'failed', { containers: 'members ubuntu' }],

  [
    'automatic-updates',
    'passed',
    { updates: 'tool apt-get\ntool unattended-upgrade\nperiodic 0\nperiodic 1' },
  ],
  [
    'automatic-updates',
    'failed',
    { updates: 'tool apt-get\ntool unattended-upgrade\nperiodic 1\nperiodic 0' },
  ],
  ['automatic-updates', 'failed', { updates: 'tool apt-get\nperiodic 1' }],
  [
    'automatic-updates',
    'failed',
    { updates: 'tool apt-get\ntool unattended-upgrade\nperiodic 1', units: units('ufw.service') },
  ],
  ['automatic-updates', 'passed', { updates: 'tool dnf', units: units('dnf-automatic-install.timer') }],
  ['automatic-updates', 'passed', { updates: 'tool dnf\napply yes', units: units('dnf-automatic.timer') }],
  ['automatic-updates', 'failed', { updates: 'tool dnf\napply no', units: units('dnf5-automatic.timer') }],
  ['automatic-updates', 'failed', { updates: 'tool dnf' }],
  ['automatic-updates', 'unknown', { updates: 'tool dnf', units: units('dnf-automatic.timer') }],
  ['automatic-updates', 'passed', { updates: 'tool apk\njob' }],
  ['automatic-updates', 'unknown', { updates: 'tool apk' }],
  ['automatic-updates', 'unknown', {}],
  [
    'reboot-pending',
    'passed',
    { updates: 'kernel 6.1.0-9-amd64\nkernel 6.1.0-10-amd64', [RELEASE]: '6.1.0-10-amd64\n' },
  ],
  [
    'reboot-pending',
    'passed',
    { updates: 'kernel 6.8.0-40-generic\nkernel 6.11.0-1-lowlatency', [RELEASE]: '6.8.0-40-generic\n' },
  ],
  [
    'reboot-pending',
    'failed',
    { updates: 'kernel 6.1.0-9-amd64\nkernel 6.1.0-10-amd64', [RELEASE]: '6.1.0-9-amd64\n' },
  ],
  ['reboot-pending', 'failed', { updates: 'reboot', [RELEASE]: '6.1.0-9-amd64\n' }],
  ['reboot-pending', 'unknown', { [RELEASE]: '6.1.0-9-amd64\n' }],
  ['reboot-pending', 'unknown', { updates: 'kernel 6.1.0-9-amd64' }],

  ['address-randomization', 'passed', { '/proc/sys/kernel/randomize_va_space': '2\n' }],
  ['address-randomization', 'failed', { '/proc/sys/kernel/randomize_va_space': '0\n' }],
  ['address-randomization', 'unknown', {}],
  ['core-dumps', 'passed', { '/proc/sys/fs/suid_dumpable': '2\n' }],
  ['core-dumps', 'failed', { '/proc/sys/fs/suid_dumpable': '1\n' }],
  ['core-dumps', 'unknown', {}],
  ['ip-forwarding', 'passed', { '/proc/sys/net/ipv4/ip_forward': '0\n' }],
  [
    'ip-forwarding',
    'passed',
    { '/proc/sys/net/ipv4/ip_forward': '1\n', containers: 'socket 660 0 /run/docker.sock' },
  ],
  ['ip-forwarding', 'failed', { '/proc/sys/net/ipv4/ip_forward': '1\n' }],
  ['ip-forwarding', 'unknown', {}],
];

/** Checks whose evidence everybody may see, and which also pass where the thing itself is missing. */
const ALWAYS_KNOWN = ['docker-socket', 'docker-group'];

describe('each check', () => {
  test.each(CASES)('%s: %s with %j', (id, result, given) => {
    const found = judge(id, given);
    expect({ result: found.result, detail: found.detail }).toEqual({
      result,
      detail: expect.stringMatching(/^\S.*\.$/),
    });
  });

  test('has a case that passes, one that fails, and one that cannot be known', () => {
    for (const { id } of CHECKS) {
      const results = new Set(CASES.filter(([name]) => name === id).map(([, result]) => result));
      const wanted = ALWAYS_KNOWN.includes(id) ? ['failed', 'passed'] : ['failed', 'passed', 'unknown'];
      expect([id, [...results].sort()]).toEqual([id, wanted]);
    }
  });

  test('knows nothing when its evidence took too long, or never arrived', () => {
    const output = `${TOKEN}\n@${TOKEN} accounts 124\n`;
    const all = judgeAll({ files: new Map(), output, status: 0, software: DEFAULT_SOFTWARE });
    expect(all.filter(({ result }) => result !== 'unknown')).toEqual([]);
    const details = new Map(all.map(({ check, detail }) => [check.id, detail]));
    expect(details.get('uid-zero')).toBe('The node took too long to look at accounts.');
    expect(details.get('docker-socket')).toBe('The node did not get as far as containers.');
  });

  test('says with which line of sudoers more could be seen', () => {
    expect(judge('empty-passwords', {}).allow).toBe(
      '%pipefleet-audit ALL=(root) NOPASSWD: /usr/bin/passwd -S -a',
    );
    expect(judge('ssh-root-login', { sshd: `denied ${SSHD}` }).allow).toMatch(/ \/usr\/sbin\/sshd -T$/);
    expect(judge('firewall-default-deny', { firewall: 'as none' }).allow).toMatch(
      / nft -t list ruleset$|nft/,
    );
    expect(judge('root-keys-limited', { keys: 'denied root' }).allow).toMatch(/authorized_keys$/);
  });

  test('names what it found, and not without end', () => {
    const many = Array.from({ length: 20 }, (_, index) => `writable /opt/pipe/${index}`).join('\n');
    expect(judge('world-writable', { folders: 'folder 755 0 /opt/pipe', writable: many }).detail).toBe(
      'Everybody may write /opt/pipe/0, /opt/pipe/1, /opt/pipe/2, /opt/pipe/3, /opt/pipe/4 and 15 more.',
    );
    expect(failed('\u001B[31m'.repeat(200)).detail).toMatch(/^[^\u001B]{299}…$/);
  });
});

describe('the registry', () => {
  test('has names that are unique, and sentences', () => {
    const ids = CHECKS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title, why, mend, lockOut, seenIn } of CHECKS) {
      expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      expect(title).toMatch(/^[A-Zs\w].*[^.]$/);
      expect(why).toMatch(/^[A-Zr].*\.$/);
      expect(mend).toMatch(/[^.]$/);
      if (lockOut !== undefined) expect(lockOut).toMatch(/\.$/);
      expect(seenIn).not.toBe('');
    }
  });

  test('asks for evidence that is gathered', () => {
    const gathered = PARTS.map(({ name }) => name);
    for (const { parts } of CHECKS) expect(gathered).toEqual(expect.arrayContaining([...parts]));
    expect(new Set(FILES).size).toBe(FILES.length);
  });

  test('begins with the worst', () => {
    const severities = CHECKS.map(({ severity }) => severity);
    expect([...new Set(severities)]).toEqual(['critical', 'warning', 'info']);
  });
});
