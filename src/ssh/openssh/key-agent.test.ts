import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import ssh2, { type ParsedKey } from 'ssh2';
import { makeKeyPair } from '../key-pair.js';
import { type KeyAgent, serveKey } from './key-agent.js';

const IDENTITIES = Buffer.from([0, 0, 0, 1, 11]);

let folder: string;
let agent: KeyAgent;
let socket: Socket;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-agent-'));
  const path = join(folder, 'socket');
  agent = await serveKey(ssh2.utils.parseKey(makeKeyPair().privateKey) as ParsedKey, path);
  socket = connect(path);
  await once(socket, 'connect');
});
afterEach(() => {
  socket.destroy();
  agent.close();
  rmSync(folder, { recursive: true });
});

test('answers requests that come in pieces, one after the other', async () => {
  socket.write(IDENTITIES.subarray(0, 2));
  socket.write(Buffer.concat([IDENTITIES.subarray(2), IDENTITIES]));
  let heard = Buffer.alloc(0);
  let answers = 0;
  for await (const chunk of socket) {
    heard = Buffer.concat([heard, chunk as Buffer]);
    while (heard.length >= 4 && heard.length >= 4 + heard.readUInt32BE()) {
      expect(heard[4]).toBe(12);
      heard = heard.subarray(4 + heard.readUInt32BE());
      answers++;
    }
    if (answers === 2) break;
  }
});

test('hangs up on a request that claims to be larger than any, before it has come', async () => {
  socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff]));
  await once(socket, 'close');
});
