import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { damaged } from '../testing/damage.js';
import { readKeyFacts, readPublicLine } from './key-facts.js';
import { makeKeyPair } from './key-pair.js';
import { answerAgentRequest } from './openssh/agent-protocol.js';
import { createLineReader } from './openssh/line-reader.js';

const PAIR = makeKeyPair('test');

test('a damaged key is read or refused, never more than that', () => {
  fc.assert(
    fc.property(damaged([PAIR.privateKey]), (text) => {
      expect(['boolean', 'undefined']).toContain(typeof readKeyFacts(Buffer.from(text, 'latin1'))?.encrypted);
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(damaged([PAIR.publicKey]), (text) => {
      const key = readPublicLine(text);
      expect(key === undefined || key.length > 4).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('the agent answers any request in the form of its protocol, and signs with its own key alone', () => {
  const key = ssh2.utils.parseKey(PAIR.privateKey);
  if (key instanceof Error || Array.isArray(key)) throw new Error('A key that was just made can be read.');
  const own = key.getPublicSSH();
  const length = Buffer.alloc(4);
  length.writeUInt32BE(own.length);
  const wanted = Buffer.concat([Buffer.from([13]), length, own]);
  const request = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.concat([wanted, bytes])),
    fc.tuple(fc.nat(wanted.length - 1), fc.nat(255)).map(([at, byte]) => {
      const changed = Buffer.concat([wanted, Buffer.alloc(8)]);
      changed.writeUInt8(byte, at);
      return changed;
    }),
  );
  fc.assert(
    fc.property(request, (bytes) => {
      const answer = answerAgentRequest(key, bytes);
      expect(answer.readUInt32BE(0)).toBe(answer.length - 4);
      expect([5, 12, 14]).toContain(answer[4]);
      // Only the whole of its own key is signed with.
      if (answer[4] === 14) expect(bytes.subarray(0, wanted.length)).toEqual(wanted);
    }),
    { numRuns: 1000 },
  );
});

test('a line reader gives the same lines however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 500 }), fc.array(fc.nat(40)), (text, cuts) => {
      const lines: string[] = [];
      const read = createLineReader((line) => lines.push(line));
      const whole = text.replaceAll('|', '\n');
      let at = 0;
      for (const cut of cuts) {
        read(Buffer.from(whole.slice(at, at + cut)));
        at += cut;
      }
      read(Buffer.from(whole.slice(at)));
      expect(lines).toEqual(whole.split('\n').slice(0, -1));
    }),
  );
});
