import { execFileSync, spawn } from 'node:child_process';
import { startTcpServer, type TcpServer } from './tcp-server.js';

/** One machine of a test's network: a network namespace of its own. */
export interface NetworkHost {
  readonly name: string;
  /** Address on each network that it is part of, by name of the network. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Command and arguments that run a program on it. */
  readonly within: readonly [command: string, ...args: string[]];
}

export interface TestNetwork {
  host(name: string): NetworkHost;
  /** Takes a host off every network, as a pulled cable does. */
  cut(name: string): void;
  /** Ends every process on the hosts, and removes all that was made. */
  remove(): void;
}

let networks = 0;

/** Why no network can be made here; undefined when it can. */
export function whyNoNetwork(): string | undefined {
  if (process.platform !== 'linux') return 'Network namespaces are a matter of Linux.';
  if (process.getuid?.() !== 0) return 'Making network namespaces needs root.';
  try {
    execFileSync('ip', ['netns', 'list'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'There is no ip(8) that makes network namespaces.';
  }
}

/**
 * Makes networks out of namespaces, each a switch that nothing outside is connected to: the network of the machine itself stays as
 * it is. Hosts that share no network cannot reach each other: nothing forwards packets.
 *
 * @param plan hosts by network; a host may be part of several. The n-th network is 100.64.n.0/24, and the n-th host on it .n
 * @throws {Error} when {@link whyNoNetwork} has an answer
 */
export function startNetwork(plan: Readonly<Record<string, readonly string[]>>): TestNetwork {
  const why = whyNoNetwork();
  if (why !== undefined) throw new Error(why);
  // Names of devices have at most 15 characters; several tests may run at once.
  removeLeftOvers();
  const prefix = `pf${process.pid}${String.fromCharCode(97 + (networks++ % 26))}`;
  const spaces = new Set<string>();
  const cables = new Map<string, string[]>();
  const addresses = new Map<string, Record<string, string>>();

  const remove = (): void => {
    for (const space of spaces) {
      for (const pid of read('ip', 'netns', 'pids', space).split('\n').filter(Boolean)) kill(Number(pid));
      ignore(() => ip('netns', 'delete', space));
    }
  };
  const addSpace = (space: string): void => {
    if (spaces.has(space)) return;
    ip('netns', 'add', space);
    spaces.add(space);
    ip('-n', space, 'link', 'set', 'lo', 'up');
  };
  try {
    Object.entries(plan).forEach(([network, hosts], index) => {
      const switchSpace = `${prefix}-${network}`;
      const bridge = `${prefix}b${index}`;
      addSpace(switchSpace);
      ip('-n', switchSpace, 'link', 'add', bridge, 'type', 'bridge');
      ip('-n', switchSpace, 'link', 'set', bridge, 'up');
      hosts.forEach((host, place) => {
        const address = `100.64.${index + 1}.${place + 1}`;
        const [inside, outside] = [`${prefix}i${index}${place}`, `${prefix}o${index}${place}`];
        const space = `${prefix}-host-${host}`;
        addSpace(space);
        ip('-n', switchSpace, 'link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', space);
        ip('-n', switchSpace, 'link', 'set', outside, 'master', bridge, 'up');
        ip('-n', space, 'address', 'add', `${address}/24`, 'dev', inside);
        ip('-n', space, 'link', 'set', inside, 'up');
        cables.set(host, [...(cables.get(host) ?? []), inside]);
        addresses.set(host, { ...addresses.get(host), [network]: address });
      });
    });
  } catch (error) {
    remove();
    throw error;
  }
  return {
    host: (name) => {
      const known = addresses.get(name);
      if (known === undefined) throw new Error(`The plan has no host ${name}.`);
      return { name, addresses: known, within: ['ip', 'netns', 'exec', `${prefix}-host-${name}`] };
    },
    cut: (name) => {
      for (const device of cables.get(name) ?? [])
        ip('-n', `${prefix}-host-${name}`, 'link', 'set', device, 'down');
    },
    remove,
  };
}

/** Connects standard input and output to an address. */
const PIPE = `const [host, port] = process.argv.slice(1);
const socket = require('node:net').connect(Number(port), host);
socket.on('error', () => process.exit(1)).on('close', () => process.exit(0));
process.stdin.pipe(socket).pipe(process.stdout);`;

/**
 * A TCP server on loopback of the machine that runs the tests, whose connections go on from a host of the network: for what runs in
 * the process of the test itself.
 */
export function startGateway({ within }: NetworkHost, address: string, port: number): Promise<TcpServer> {
  return startTcpServer((socket) => {
    const [command, ...args] = [...within, process.execPath, '-e', PIPE, address, String(port)];
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.on('error', () => undefined);
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
    child.once('exit', () => socket.destroy());
    socket.once('close', () => child.kill('SIGKILL'));
  });
}

/** What a test run that was killed could not remove itself. */
function removeLeftOvers(): void {
  for (const line of read('ip', 'netns', 'list').split('\n')) {
    const { space, pid } = /^(?<space>pf(?<pid>\d+)[a-z]-\S+)/.exec(line)?.groups ?? {};
    if (space === undefined || isAlive(Number(pid))) continue;
    for (const each of read('ip', 'netns', 'pids', space).split('\n').filter(Boolean)) kill(Number(each));
    ignore(() => ip('netns', 'delete', space));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function read(program: string, ...args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  ignore(() => process.kill(pid, 'SIGKILL'));
}

function ignore(action: () => unknown): void {
  try {
    action();
  } catch {
    // It is gone already.
  }
}
