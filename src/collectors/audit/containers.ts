import { failed, listed, passed, type AuditCheck, type Verdict } from './check.js';
import { linesOf, type Evidence, type EvidencePart } from './evidence.js';

/** Prints `socket MODE UID PATH` and `members NAME,NAME`. */
export const containersPart: EvidencePart = {
  name: 'containers',
  seconds: 3,
  script: `
stat -L -c 'socket %a %u %n' /run/docker.sock /run/podman/podman.sock /run/containerd/containerd.sock
awk -F: '$1 == "docker" { print "members", $4 }' /etc/group | head -n 1`,
};

export const containerChecks: readonly AuditCheck[] = [
  {
    id: 'docker-socket',
    title: 'The socket of Docker, Podman or containerd is closed to others',
    severity: 'critical',
    why: 'Whoever can write to it starts a container with the whole disk in it, and so is root.',
    mend: 'chmod o-rwx SOCKET; then look for what opened it: SocketMode= in docker.socket, a chmod in a start-up script',
    lockOut: 'Programs that used it that way stop working.',
    seenIn: 'mode of `/run/docker.sock` and the like',
    parts: ['containers'],
    judge: (evidence: Evidence): Verdict => {
      const sockets = readSockets(evidence);
      const open = sockets.filter(({ mode }) => (mode & 0o006) !== 0);
      if (open.length > 0) {
        return failed(`${listed(open.map(({ mode, path }) => `${path} has mode ${mode.toString(8)}`))}.`);
      }
      return passed(
        sockets.length > 0 ? `${listed(sockets.map(({ path }) => path))} is closed.` : 'None is there.',
      );
    },
  },
  {
    id: 'docker-group',
    title: 'No account is in the group docker',
    severity: 'warning',
    why: 'Its members are root without a password: each may start a container with the whole disk in it.',
    mend: 'gpasswd -d NAME docker; whoever needs Docker takes sudo docker',
    lockOut: 'Scripts that call docker as that account stop working.',
    seenIn: '`/etc/group`',
    parts: ['containers'],
    judge: (evidence: Evidence): Verdict => {
      const members = linesOf(evidence, 'containers', 'members')
        .flatMap((line) => line.split(','))
        .filter((name) => name !== '' && name !== 'root');
      return members.length > 0
        ? failed(`${listed(members)} ${members.length > 1 ? 'are' : 'is'} in it.`)
        : passed('Nobody is in it.');
    },
  },
];

const SOCKET = /^(?<mode>[0-7]{3,4}) \d+ (?<path>\/.*)$/;

function readSockets(evidence: Evidence): { readonly mode: number; readonly path: string }[] {
  return linesOf(evidence, 'containers', 'socket').flatMap((line) => {
    const { mode, path } = SOCKET.exec(line)?.groups ?? {};
    return mode === undefined || path === undefined ? [] : [{ mode: Number.parseInt(mode, 8), path }];
  });
}

/** Whether the node runs containers, which need the kernel to forward. */
export function hasContainers(evidence: Evidence): boolean {
  return readSockets(evidence).length > 0;
}
