import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { startTcpServer } from '../../ssh/testing/tcp-server.js';

/**
 * How far the server has spoken when the fault strikes; up to `encrypted` in the words of RFC 4253. `idle` is a connection that nobody uses at the
 * moment, `answer` one on which the next bytes are awaited.
 */
export type FaultStage = 'tcp' | 'banner' | 'kexinit' | 'kexreply' | 'encrypted' | 'idle' | 'answer';

/** What happens then: RST, an end without a word, nothing ever again, one wrong byte, a byte at a time; or something else answers. */
export type FaultAction = 'reset' | 'end' | 'freeze' | 'corrupt' | 'drip' | keyof typeof STRANGERS;

export interface FaultProxy {
  readonly port: number;
  /** Strikes every connection that is open, and those that come. */
  strike(): void;
  /** Lets every new connection through from now on, and ends those that never came to a login; others that were struck stay as they are. */
  heal(): void;
  stop(): void;
}

const NEWKEYS = 21;
const DRIP_MS = 50;
const SETTLE_MS = 50;

/** What else may listen on a port. */
const STRANGERS = {
  noise: (socket: Socket) => socket.write(randomBytes(100_000)),
  flood: (socket: Socket) => pour(socket, Buffer.alloc(65_536, 'x')),
  lines: (socket: Socket) => pour(socket, Buffer.from('Nothing to see here.\r\n'.repeat(1000))),
  tarpit: (socket: Socket) => {
    const timer = setInterval(() => socket.write('Patience.\r\n'), DRIP_MS);
    socket.on('close', () => clearInterval(timer));
  },
};

function pour(socket: Socket, bytes: Buffer): void {
  const on = (): void => {
    while (socket.writable && socket.write(bytes));
  };
  socket.on('drain', on);
  on();
}

/**
 * Where a stage begins in what the server has said so far; undefined as long as it has not come to it. Until the keys are
 * agreed on everything is in clear, so that the place is exact, however the bytes are cut into chunks.
 */
function stageOffset(said: Buffer, stage: FaultStage): number | undefined {
  if (stage === 'idle' || stage === 'answer') return undefined;
  if (stage === 'tcp' || stage === 'banner') return said.length > 0 ? 0 : undefined;
  let offset = said.indexOf('\n') + 1;
  if (offset === 0) return undefined;
  for (let packet = 0; said.length >= offset + 6; packet++) {
    if (stage === 'kexinit' && packet === 0) return offset;
    if (stage === 'kexreply' && packet === 1) return offset;
    const last = said[offset + 5] === NEWKEYS;
    offset += 4 + said.readUInt32BE(offset);
    if (last) return stage === 'encrypted' && said.length > offset ? offset : undefined;
  }
  return undefined;
}

/** A TCP proxy on loopback before a real sshd that breaks each connection at a stage, from {@link FaultProxy.strike} on until it is healed. */
export async function startFaultProxy(
  upstream: { readonly address: string; readonly port: number },
  stage: FaultStage,
  action: FaultAction,
): Promise<FaultProxy> {
  let broken = false;
  const open = new Set<Connection>();
  const strangers = new Set<Socket>();
  const server = await startTcpServer((client) => {
    if (broken && stage === 'tcp' && action in STRANGERS) {
      strangers.add(client);
      client.on('close', () => strangers.delete(client));
      STRANGERS[action as keyof typeof STRANGERS](client);
      return;
    }
    const connection = join(client, connect(upstream.port, upstream.address), action);
    open.add(connection);
    client.on('close', () => open.delete(connection));
    // Later than the connection stands for the other side too.
    if (broken && stage === 'tcp') setTimeout(() => connection.breakNow(), SETTLE_MS);
    else if (broken && stage !== 'idle' && stage !== 'answer')
      connection.breakAt((said) => stageOffset(said, stage));
  });
  return {
    port: server.port,
    strike: () => {
      broken = true;
      for (const connection of open) {
        if (stage === 'idle') connection.breakNow();
        else if (stage === 'answer') connection.breakAt(() => 0);
        // What is to be seen is a new connection.
        else connection.end();
      }
    },
    heal: () => {
      broken = false;
      for (const stranger of strangers) stranger.destroy();
      if (stage !== 'idle' && stage !== 'answer') for (const connection of open) connection.end();
    },
    stop: () => server.stop(),
  };
}

interface Connection {
  breakNow(): void;
  /** Breaks at a place in what the server says from now on. */
  breakAt(offsetOf: (said: Buffer) => number | undefined): void;
  end(): void;
}

function join(client: Socket, node: Socket, action: FaultAction): Connection {
  let said = Buffer.alloc(0);
  let offsetOf: ((said: Buffer) => number | undefined) | undefined;
  let pass: (chunk: Buffer) => void = (chunk) => client.write(chunk);
  let frozen = false;

  function breakNow(rest: Buffer = Buffer.alloc(0)): void {
    switch (action) {
      case 'freeze':
        frozen = true;
        break;
      case 'corrupt':
        client.write(flipped(rest));
        break;
      case 'drip':
        pass = dripping(client);
        pass(rest);
        break;
      default:
        if (action === 'end') client.end();
        else client.resetAndDestroy();
        node.destroy();
    }
  }
  node.on('error', () => undefined);
  client.on('data', (chunk: Buffer) => {
    if (!frozen) node.write(chunk);
  });
  node.on('data', (chunk: Buffer) => {
    if (frozen || client.destroyed) return;
    if (offsetOf === undefined) {
      pass(chunk);
      return;
    }
    const before = said.length;
    said = Buffer.concat([said, chunk]);
    const at = offsetOf(said);
    if (at === undefined) {
      pass(chunk);
      return;
    }
    offsetOf = undefined;
    const cut = Math.max(0, at - before);
    client.write(chunk.subarray(0, cut));
    breakNow(chunk.subarray(cut));
  });
  node.on('close', () => {
    if (!frozen && !client.destroyed) client.end();
  });
  client.on('close', () => node.destroy());
  return { breakNow, breakAt: (place) => (offsetOf = place), end: () => client.resetAndDestroy() };
}

/** Passes bytes on one at a time. */
function dripping(client: Socket): (chunk: Buffer) => void {
  const bytes: number[] = [];
  const timer = setInterval(() => {
    const next = bytes.shift();
    if (next !== undefined) client.write(Buffer.from([next]));
  }, DRIP_MS);
  client.on('close', () => clearInterval(timer));
  return (chunk) => bytes.push(...chunk);
}

/** The same bytes with the first one wrong. */
function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy.writeUInt8((copy[0] ?? 0) ^ 0xff, 0);
  return copy;
}
