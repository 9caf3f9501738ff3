import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DeadAddress {
  readonly port: number;
  stop(): void;
}

const LISTENER = `const server = require('node:net').createServer();
server.listen({ host: process.argv[1], port: 0, backlog: 1 }, () => console.log(server.address().port));`;

/**
 * A port of a loopback address that answers nothing, as a machine that is off: its listener is frozen, and the kernel drops what
 * comes once as much waits as the listener allows.
 */
export async function startDeadAddress(address: string): Promise<DeadAddress> {
  const child = spawn(process.execPath, ['-e', LISTENER, address], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  const waiting: Socket[] = [];
  for (let connected = true; connected;) {
    const socket = connect(port, address).on('error', () => undefined);
    waiting.push(socket);
    connected = await Promise.race([once(socket, 'connect').then(() => true), sleep(300, false)]);
  }
  return {
    port,
    stop: () => {
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}
