import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../../core/software.js';
import { audit } from '../audit.js';
import { createFakeRoot, type FakeRoot } from '../testing/fake-root.js';
import { applets, askAll, SHELLS, type Shell } from '../testing/node.js';
import { judgeAll } from './checks.js';

/** Stands wherever the node keeps something that must stay there. */
const SECRET = 'SECRETSECRET';
const PROGRAMS = ['awk', 'cat', 'find', 'grep', 'head', 'sed', 'sh', 'sleep', 'stat', 'tail', 'uname'];

const roots: FakeRoot[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) root.remove();
});

interface Fake {
  /** Path → text and mode, 0644 unless it is said. */
  readonly files?: Readonly<Record<string, readonly [text: string, mode?: number]>>;
  /** Programs of the node: name → shell script. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly shell: Shell;
  readonly uid?: number;
}

/** Runs the audit on a machine that is made up: its files stand in a folder, its programs are scripts. */
async function run({ files = {}, programs = {}, shell, uid = 997 }: Fake) {
  const root = createFakeRoot('/sys');
  roots.push(root);
  const placed = (text: string): string => text.replaceAll('ROOT', root.path);
  for (const [path, [text, mode]] of Object.entries(files)) root.write(path, placed(text), mode);
  const id = `case $1 in -u) echo ${uid} ;; *) echo ${uid} 1200 ;; esac`;
  for (const [name, text] of Object.entries({ id, ...programs })) root.program(name, placed(text));

  const which = (name: string): string => execFileSync('which', [name], { encoding: 'utf8' }).trim();
  const own =
    shell === 'busybox'
      ? await applets(...PROGRAMS)
      : Object.fromEntries(PROGRAMS.map((name) => [name, which(name)]));
  const answer = await askAll([audit], { shell, bare: true, programs: own, root });
  const { output = '' } = answer.sections.get('audit') ?? {};
  const input = { files: answer.files, output, status: 0, software: DEFAULT_SOFTWARE };
  const results = new Map(judgeAll(input).map(({ check, ...verdict }) => [check.id, verdict]));
  const detail = (check: string): string =>
    `${results.get(check)?.result ?? ''}: ${results.get(check)?.detail ?? ''}`;
  return { printed: answer.printed, complete: answer.complete, detail, root };
}

const KEY = `ssh-ed25519 AAAA${SECRET} operator`;

/** A testnet node as guides have it, with something to find everywhere, and a secret wherever one may be. */
const SLOPPY: Fake['files'] = {
  '/etc/passwd': [
    [
      'root:x:0:0:root:ROOT/root:/bin/bash',
      `toor:x:0:0:${SECRET}:ROOT/home/toor:/bin/sh`,
      `pipefleet:x:997:997:${SECRET}:ROOT/home/pipefleet:/bin/sh`,
      `operator::1000:1000:${SECRET}:ROOT/home/operator:/bin/bash`,
      'daemon:x:1:1::ROOT/home/operator:/usr/sbin/nologin',
      'gone:x:1001:1001::ROOT/home/gone:/bin/sh',
      '',
    ].join('\n'),
  ],
  '/etc/group': ['root:x:0:\ndocker:x:1200:operator,pipefleet\npipefleet:x:997:\n'],
  '/etc/shadow': [`root:$6$${SECRET}:1:0:9:7:::\nguest::1:0:9:7:::\n`],
  '/etc/ssh/sshd_config': ['Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\nUsePAM yes\n'],
  '/etc/ssh/sshd_config.d/10-port.conf': ['Port 2222\nX11Forwarding yes\n'],
  '/etc/ufw/ufw.conf': ['ENABLED=no\n'],
  '/etc/nftables.conf': [
    'table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy accept;\n\t}\n}\n',
  ],
  '/etc/apt/apt.conf.d/20auto-upgrades': [
    '// APT::Periodic::Unattended-Upgrade "1";\nAPT::Periodic::Unattended-Upgrade "0";\n',
  ],
  '/etc/apt/apt.conf.d/90proxy': [`Acquire::http::Proxy "http://me:${SECRET}@proxy.example:3128";\n`],
  '/etc/dnf/automatic.conf': [`email_to = ${SECRET}@example.com\napply_updates = no\n`],
  '/etc/systemd/system/popcache.service': [
    `[Service]\nWorkingDirectory=ROOT/opt/elsewhere\nEnvironment=POP_INVITE_CODE=${SECRET}\n`,
  ],
  '/home/pipefleet/.ssh/authorized_keys': [
    `# ${SECRET}\nrestrict,from="198.51.100.7" ${KEY}\nfrom="198.51.100.7",command="echo \\"a b\\"" ${KEY}\n\n`,
  ],
  '/home/operator/.ssh/authorized_keys': [
    `${KEY}\n  environment="A=ssh-rsa restrict, from=x" ${KEY}\ncommand="/bin/true ssh-ed25519 x" ${KEY}\n`,
  ],
  '/home/operator/.ssh/authorized_keys2': [`sk-ssh-ed25519@openssh.com AAAA${SECRET}\n`],
  '/root/.ssh/authorized_keys': [`from="192.0.2.1" ${KEY}\n`, 0o600],
  '/opt/popcache/.pop_state.json': [`{"access_token":"${SECRET}"}`, 0o644],
  '/opt/popcache/config.json': [`{"invite_code":"${SECRET}"}`, 0o600],
  '/opt/popcache/pop': [SECRET, 0o777],
  '/opt/popcache/cache/ab/object': [SECRET, 0o666],
  '/opt/elsewhere/node_info.json.old': [SECRET, 0o640],
  '/var/lib/pipe-node/node.key': [SECRET, 0o600],
  '/run/docker.sock': ['', 0o666],
  '/run/reboot-required': [''],
  '/boot/vmlinuz-6.1.0-9-amd64': [''],
};

describe.each(SHELLS)('%s', (shell) => {
  test('finds what is wrong, and no secret leaves the node', async () => {
    const { printed, complete, detail } = await run({
      shell,
      files: SLOPPY,
      programs: {
        ss: "printf 'tcp LISTEN 0 128 0.0.0.0:2222 0.0.0.0:*\\ntcp LISTEN 0 128 *:5432 *:*\\n'",
        'apt-get': '',
        'unattended-upgrade': '',
      },
    });
    expect(complete).toBe(true);
    expect(printed).not.toContain(SECRET);
    expect(detail('uid-zero')).toBe('failed: The user id 0 also belongs to toor.');
    expect(detail('empty-passwords')).toBe('failed: operator, guest may log in without a password.');
    expect(detail('monitor-account')).toBe('failed: It is in docker.');
    expect(detail('monitor-key-restricted')).toBe(
      'failed: Of 2 keys of pipefleet, 1 without restrict and 0 without from=.',
    );
    expect(detail('user-keys-limited')).toBe('failed: 3 keys of operator may do everything from anywhere.');
    expect(detail('ssh-root-password')).toMatch(
      /^failed: permitrootlogin is yes, and passwordauthentication is yes/,
    );
    expect(detail('ssh-x11-forwarding')).toMatch(/^failed/);
    expect(detail('public-tcp-listeners')).toBe('failed: tcp *:5432 is open.');
    expect(detail('identity-files-mode')).toBe(
      'failed: /opt/popcache/.pop_state.json has mode 644, /opt/elsewhere/node_info.json.old has mode 640.',
    );
    expect(detail('config-files-mode')).toBe('passed: Seen, and closed: /opt/popcache/config.json.');
    expect(detail('world-writable')).toBe('failed: Everybody may write /opt/popcache/pop.');
    expect(detail('docker-socket')).toBe('failed: /run/docker.sock has mode 666.');
    expect(detail('docker-group')).toBe('failed: operator, pipefleet are in it.');
    expect(detail('automatic-updates')).toBe('failed: APT::Periodic::Unattended-Upgrade is 0.');
    expect(detail('reboot-pending')).toBe('failed: /run/reboot-required is there.');
  });

  test('a bare machine has nothing wrong that could be made up', async () => {
    const { complete, detail } = await run({ shell });
    expect(complete).toBe(true);
    for (const check of [
      'uid-zero',
      'ssh-root-login',
      'world-writable',
      'public-tcp-listeners',
      'monitor-key-restricted',
    ])
      expect(detail(check)).toMatch(/^unknown/);
  });
});

test('a program that hangs costs what it was asked for, and nothing else', async () => {
  const hang = async (shell: Shell) => {
    const { complete, detail } = await run({
      shell,
      files: { '/etc/passwd': ['root:x:0:0::/root:/bin/sh\n'], '/run/systemd/system/x': [''] },
      programs: { systemctl: 'while :; do :; done' },
    });
    return { shell, complete, active: detail('firewall-active'), others: detail('uid-zero') };
  };
  const active = 'unknown: The node took too long to look at units.';
  const others = 'passed: Only root has the user id 0.';
  expect(await Promise.all(SHELLS.map(hang))).toEqual(
    SHELLS.map((shell) => ({ shell, complete: true, active, others })),
  );
});

describe('more to see', () => {
  const GRANTED = { '/etc/group': ['pipefleet-audit:x:1200:pipefleet\n'] } as const;
  const PASSWD = ['root:x:0:0::ROOT/root:/bin/sh\npipefleet:x:997:997::ROOT/home/p:/bin/sh\n'] as const;
  const programs = {
    sudo: 'echo "$*" >>ROOT/sudo.log; shift; exec "$@"',
    sshd: 'printf "port 22\\npermitrootlogin without-password\\nhostkey /etc/ssh/x\\n"',
    passwd: 'printf "root P 2024-01-01\\nguest NP 2024-01-01\\n"',
    nft: `cat <<'E'
table inet filter {
	set blocked {
		type ipv4_addr
	}
	chain input {
		type filter hook input priority filter; policy accept;
		iif "lo" accept
		tcp dport { 22, 80, 443 } accept
		counter packets 12 bytes 640 drop
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
	}
}
E`,
  };

  test('an account of the group is given it by sudo', async () => {
    const { detail, root } = await run({
      shell: 'dash',
      files: { ...GRANTED, '/etc/passwd': PASSWD },
      programs,
    });
    expect(detail('ssh-root-login')).toBe('failed: permitrootlogin is prohibit-password (sshd -T).');
    expect(detail('empty-passwords')).toBe('failed: guest may log in without a password.');
    expect(detail('firewall-default-deny')).toBe('passed: The rules in force drop what none of them admits.');
    const asked = readFileSync(root.at('sudo.log'), 'utf8').trim().split('\n');
    expect(asked).toEqual(['-n sshd -T', '-n passwd -S -a', '-n nft -t list ruleset']);
  });

  test('nobody else ever calls sudo, which would write to the log of the node', async () => {
    const { detail, root } = await run({ shell: 'dash', files: { '/etc/passwd': PASSWD }, programs });
    expect(() => readFileSync(root.at('sudo.log'))).toThrow('ENOENT');
    expect(detail('empty-passwords')).toBe('unknown: /etc/shadow cannot be read.');
  });

  test('root needs no sudo', async () => {
    const { detail, root } = await run({ shell: 'dash', files: { '/etc/passwd': PASSWD }, programs, uid: 0 });
    expect(() => readFileSync(root.at('sudo.log'))).toThrow('ENOENT');
    expect(detail('firewall-active')).toBe('passed: nftables has rules for what comes in.');
    expect(detail('monitor-account')).toBe('failed: It logs in as root.');
  });

  test.each([
    [
      'a policy on a line of its own',
      'chain input {\ntype filter hook input priority 0\npolicy drop\n}',
      'passed',
    ],
    ['all on one line', 'chain input { type filter hook input priority 0; policy drop; }', 'passed'],
    [
      'all on one line, and another chain',
      'chain i { type filter hook input priority 0; policy drop; }\nchain o { type filter hook output priority 0; }',
      'passed',
    ],
    [
      'a map over several lines',
      'chain i {\ntype filter hook input priority 0\ntcp dport vmap {\n22 : accept,\n80 : accept\n}\ncounter drop\n}',
      'passed',
    ],
    [
      'a last rule that rejects',
      'chain i {\ntype filter hook input priority 0;\nreject with icmpx admin-prohibited\n}',
      'passed',
    ],
    [
      'a drop for some only',
      'chain i {\ntype filter hook input priority 0;\nip saddr 192.0.2.1 drop\n}',
      'failed',
    ],
    ['a comment', 'chain i {\ntype filter hook input priority 0;\n# policy drop\n}', 'failed'],
    ['another hook', 'chain o {\ntype filter hook output priority 0; policy drop;\n}', 'failed'],
  ])('rules with %s', async (_, chain, result) => {
    const nft = `cat <<'E'\ntable inet t {\n${chain}\n}\nE`;
    const { detail } = await run({ shell: 'dash', programs: { nft }, uid: 0 });
    expect(detail('firewall-default-deny')).toMatch(new RegExp(`^${result}: The rules in force`));
  });
});
