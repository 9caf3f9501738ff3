import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeNode } from '../testing/make-node.js';
import { readJumpLogs } from './jump-logs.js';

let log: string;
beforeAll(() => {
  log = join(mkdtempSync(join(tmpdir(), 'pipefleet-jump-log-')), 'log');
});
afterAll(() => rmSync(join(log, '..'), { recursive: true }));

const knowledge = { keys: [], revoked: [] };
const hop = (name: string) => ({ hop: makeNode({ name, port: 22, knownHosts: '/nonexistent' }), knowledge });
const told = (): string | undefined =>
  readJumpLogs([hop('bastion'), hop('fra-1')], () => log, false)?.message;
const REFUSED = 'channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\n';

test('a log tells why the jump host opened no connection', () => {
  writeFileSync(log, REFUSED);
  expect(told()).toMatch(/refuse/);
});

test('of a log that a jump host has filled with its own words, the beginning is read and no more', () => {
  writeFileSync(log, `${'x'.repeat(99)}\n`.repeat(3_000) + REFUSED);
  expect(told()).not.toMatch(/refuse/);
});

test('a client that was never started has no log', () => {
  expect(readJumpLogs([hop('bastion'), hop('fra-1')], () => `${log}-none`, false)).toBeUndefined();
});
