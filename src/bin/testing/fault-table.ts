import type { FailureReason } from '../../core/failure.js';
import type { FaultAction, FaultStage } from './fault-proxy.js';

/** What ends a fault once its cause is gone. */
export type Recovery = 'next probe' | 'after backoff' | 'reload';

/** Something that goes wrong, and what is then to be seen. */
export interface Fault {
  readonly name: string;
  /** What is done, for people. */
  readonly what: string;
  /** `none` where the probe succeeds all the same. */
  readonly reason: FailureReason;
  /** Another reason that is as right, and depends on what is noticed first. */
  readonly or?: FailureReason;
  readonly recovery: Recovery;
}

/** One way in which the network between the exporter and a node breaks, or in which something else answers there. */
export interface NetworkFault extends Fault {
  readonly stage: FaultStage;
  readonly action: FaultAction;
}

/** One way in which a node itself is not as it should be: more lines of its sshd_config, or something done to its files. */
export interface NodeFault extends Fault {
  readonly config?: readonly string[];
  readonly files?: 'no key' | 'locked account' | 'shell that refuses' | 'no shell' | 'other host key';
  /** Whether only root can do it. */
  readonly needsRoot?: true;
  /** Several at a time that stay in the way. */
  readonly crowd?: 'logins';
  /** Only the server is started anew; what is connected stays, as when it is updated. */
  readonly restartOnly?: true;
}

const network = (
  stage: FaultStage,
  action: FaultAction,
  what: string,
  reason: FailureReason | readonly [FailureReason, or: FailureReason],
  recovery: Recovery = 'after backoff',
): NetworkFault => {
  const fault = { name: `${stage}-${action}`, stage, action, what, recovery };
  return typeof reason === 'string' ? { ...fault, reason } : { ...fault, reason: reason[0], or: reason[1] };
};

/** src/bin/network-faults.e2e.test.ts does each of these; docs/reliability.md shows the same. */
export const NETWORK_FAULTS: readonly NetworkFault[] = [
  network('tcp', 'reset', 'The connection is reset as soon as it stands.', ['handshake', 'connect']),
  network('tcp', 'end', 'The connection is ended without a word.', 'handshake'),
  network('tcp', 'freeze', 'Nothing is said on the connection.', 'handshake_timeout'),
  network('tcp', 'noise', 'What answers says random bytes.', 'handshake'),
  network('tcp', 'flood', 'What answers says bytes without end and without a line.', 'handshake'),
  network('tcp', 'lines', 'What answers says lines without end before its version.', 'handshake'),
  network(
    'tcp',
    'tarpit',
    'What answers says a line now and then, and never its version.',
    'handshake_timeout',
  ),
  network('banner', 'reset', 'Reset instead of the banner.', ['handshake', 'connect']),
  // SSH lets a server say other lines before its banner, so that the client waits for it.
  network('banner', 'corrupt', 'The first byte of the banner is wrong.', ['handshake_timeout', 'handshake']),
  network('kexinit', 'reset', 'Reset after the banner.', 'handshake'),
  network('kexinit', 'end', 'Ended after the banner.', 'handshake'),
  network('kexinit', 'freeze', 'Silent after the banner.', 'handshake_timeout'),
  network('kexinit', 'corrupt', 'The length of the first packet is wrong.', 'handshake'),
  network('kexreply', 'reset', 'Reset in the middle of the key exchange.', 'handshake'),
  network('kexreply', 'freeze', 'Silent in the middle of the key exchange.', 'handshake_timeout'),
  network('kexreply', 'corrupt', 'The length of the reply of the key exchange is wrong.', 'handshake'),
  network('encrypted', 'reset', 'Reset when the login begins.', 'handshake'),
  network('encrypted', 'freeze', 'Silent when the login begins.', 'handshake_timeout'),
  network('encrypted', 'corrupt', 'The first encrypted byte is wrong.', 'handshake'),
  network('idle', 'reset', 'A kept connection is reset between two probes.', 'none', 'next probe'),
  network('idle', 'end', 'A kept connection is ended between two probes.', 'none', 'next probe'),
  network(
    'idle',
    'freeze',
    'A kept connection falls silent, as when a node loses power.',
    'command_timeout',
    'next probe',
  ),
  network(
    'answer',
    'reset',
    'Reset when the answer begins: it is asked for again, once.',
    'none',
    'next probe',
  ),
  network('answer', 'end', 'Ended when the answer begins: the same.', 'none', 'next probe'),
  network('answer', 'freeze', 'Silent when the answer begins.', 'command_timeout', 'next probe'),
  network('answer', 'corrupt', 'The first byte of the answer is wrong: the same.', 'none', 'next probe'),
  network('answer', 'drip', 'The answer comes a byte at a time.', 'command_timeout', 'next probe'),
];

/** Shell text that takes the token from what was asked, and answers as a gate of another version begins. */
const AS_GATE =
  't=$(printf %s "$SSH_ORIGINAL_COMMAND" | grep -oE "[0-9a-f]{32}" | head -n 1); echo "@$t gate 0 0123456789abcdef"';

/** src/bin/node-faults.e2e.test.ts does each of these; docs/reliability.md shows the same. */
export const NODE_FAULTS: readonly NodeFault[] = [
  {
    name: 'sshd-restart',
    what: 'sshd is started anew; connections that are open live on.',
    restartOnly: true,
    reason: 'none',
    recovery: 'next probe',
  },
  {
    name: 'reboot',
    what: 'The node reboots between two probes.',
    config: [],
    reason: 'none',
    recovery: 'next probe',
  },
  {
    name: 'rekey',
    what: 'sshd wants new keys every few packets, in the middle of the answer.',
    config: ['RekeyLimit 16K'],
    reason: 'none',
    recovery: 'next probe',
  },
  {
    name: 'max-sessions',
    what: 'sshd allows no session (MaxSessions 0).',
    config: ['MaxSessions 0'],
    reason: 'channel',
    recovery: 'next probe',
  },
  {
    name: 'max-startups',
    what: 'As many strangers are logging in as sshd allows (MaxStartups).',
    config: ['MaxStartups 2:100:2', 'LoginGraceTime 600'],
    crowd: 'logins',
    reason: 'handshake',
    // As OpenSSH words it since 9.8.
    or: 'penalty',
    recovery: 'after backoff',
  },
  {
    name: 'key-removed',
    what: 'The key is taken out of authorized_keys.',
    files: 'no key',
    reason: 'auth',
    recovery: 'reload',
  },
  {
    name: 'account-locked',
    what: 'The account is locked.',
    files: 'locked account',
    reason: 'auth',
    recovery: 'reload',
  },
  {
    name: 'shell-gone',
    what: 'The login shell does not exist.',
    files: 'no shell',
    reason: 'auth',
    recovery: 'reload',
  },
  {
    name: 'shell-refuses',
    what: 'The login shell is /bin/false.',
    files: 'shell that refuses',
    reason: 'output',
    recovery: 'next probe',
  },
  {
    name: 'host-key-changed',
    what: 'The node was installed anew, or is another one.',
    files: 'other host key',
    reason: 'host_key_changed',
    recovery: 'reload',
  },
  {
    name: 'no-processes',
    what: 'The account may start no more processes.',
    config: [
      'ForceCommand exec setpriv --reuid 64123 --clear-groups prlimit --nproc=1 sh -c \'eval "$SSH_ORIGINAL_COMMAND"\'',
    ],
    needsRoot: true,
    reason: 'output',
    recovery: 'next probe',
  },
  {
    name: 'no-space',
    what: 'Nothing can be written: every file is at its limit.',
    config: ['ForceCommand ulimit -f 0; eval "$SSH_ORIGINAL_COMMAND"'],
    reason: 'none',
    recovery: 'next probe',
  },
  {
    name: 'read-only',
    what: 'The root file system has turned read-only.',
    config: [
      'ForceCommand exec unshare -m sh -c \'mount -o bind / / && mount -o remount,bind,ro / ; eval "$SSH_ORIGINAL_COMMAND"\'',
    ],
    needsRoot: true,
    reason: 'none',
    recovery: 'next probe',
  },
  {
    name: 'drip',
    what: 'The command says a byte now and then.',
    config: ['ForceCommand while echo -n x; do sleep 0.1; done'],
    reason: 'command_timeout',
    recovery: 'next probe',
  },
  {
    name: 'binary',
    what: 'The command answers with a megabyte of random bytes.',
    config: ['ForceCommand exec head -c 1000000 /dev/urandom'],
    reason: 'output',
    recovery: 'next probe',
  },
  {
    name: 'markers',
    what: 'The command answers with 85,000 beginnings of a section.',
    config: [`ForceCommand ${AS_GATE}; yes "@$t begin files" | head -c 4000000`],
    reason: 'output',
    recovery: 'next probe',
  },
  {
    name: 'long-file',
    what: 'The command answers with 4 MB for one file: the collectors that read it fail, the others do not.',
    config: [
      `ForceCommand ${AS_GATE}; echo "@$t begin files"; echo "==> /proc/stat <=="; yes "cpu0 1" | head -c 4000000; printf "\\n@%s end files 0\\n@%s done\\n" $t $t`,
    ],
    reason: 'none',
    recovery: 'next probe',
  },
  {
    name: 'huge',
    what: 'The command answers with 100 MB.',
    config: ['ForceCommand exec head -c 100000000 /dev/zero'],
    reason: 'output',
    recovery: 'next probe',
  },
];

/** Something that goes wrong on the exporter's machine, or is done to it. */
export interface ExporterFault {
  readonly name: string;
  readonly what: string;
  /** What is then to be seen. */
  readonly then: string;
}

/** src/bin/exporter-faults.e2e.test.ts does each of these; docs/reliability.md shows the same. */
export const EXPORTER_FAULTS = [
  {
    name: 'no-descriptors',
    what: 'The process may open no more files.',
    then: 'Probes that need a new connection fail with a reason; those of kept ones go on. It heals by itself.',
  },
  {
    name: 'stopped',
    what: 'The process is stopped (SIGSTOP) for longer than a scrape, and goes on.',
    then: 'The next probes succeed; nothing that was late is taken for new.',
  },
  {
    name: 'clock',
    what: 'The clock of the machine jumps back an hour, and forth two.',
    then: 'Probes succeed, and durations, timeouts and backoffs stay right: they are measured by a clock that never jumps.',
  },
  {
    name: 'reloads',
    what: 'The configuration is reloaded 1,000 times while nodes are probed.',
    then: 'No probe fails, no connection is opened anew, and nothing grows.',
  },
  {
    name: 'half-written',
    what: 'A reload finds a configuration of which only a part has been written.',
    then: 'It is refused with its place, and the old one stays.',
  },
  {
    name: 'emptied',
    what: 'A reload finds a configuration without nodes.',
    then: 'Connections are closed, `/sd` is an empty list, and `PipefleetNodesLost` fires. The next reload brings the nodes back.',
  },
  {
    name: 'removed',
    what: 'The configuration is deleted.',
    then: 'What is loaded stays; a reload says what is missing.',
  },
] as const satisfies readonly ExporterFault[];
