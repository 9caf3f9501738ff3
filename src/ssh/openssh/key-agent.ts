import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { ParsedKey } from 'ssh2';
import { answerAgentRequest } from './agent-protocol.js';

/** An ssh-agent inside this process. */
export interface KeyAgent {
  close(): void;
}

/** Longest request that is taken, in bytes. */
const REQUEST_MAX = 65_536;

/**
 * Signs with one key for whoever can reach the socket, which is to lie in a private folder. So an encrypted key is decrypted once,
 * here, and OpenSSH sees neither key nor passphrase.
 */
export async function serveKey(key: ParsedKey, socketPath: string): Promise<KeyAgent> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
    let heard = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk]);
      while (heard.length >= 4) {
        const length = heard.readUInt32BE();
        if (length > REQUEST_MAX) {
          socket.destroy();
          return;
        }
        if (heard.length < 4 + length) return;
        socket.write(answerAgentRequest(key, heard.subarray(4, 4 + length)));
        heard = heard.subarray(4 + length);
      }
    });
  });
  server.listen(socketPath);
  await once(server, 'listening');
  server.on('error', () => undefined);
  return {
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
