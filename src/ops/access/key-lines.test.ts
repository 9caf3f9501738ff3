import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cpuOf, growthOf, LINEAR } from '../../testing/growth.js';
import type { DesiredKey } from './desired.js';
import { keyLinesOf, mergeKeys } from './key-lines.js';

const key = (blob: string): DesiredKey => ({
  purpose: 'monitor',
  line: `restrict,command="/usr/local/lib/pipefleet/gate monitor" ssh-ed25519 ${blob} pipefleet-monitor`,
  blob,
  fingerprint: `ssh-ed25519 SHA256:${blob}`,
});

describe('a line of authorized_keys', () => {
  test.each([
    ['ssh-ed25519 AAAAone me@home', 'AAAAone', false],
    ['ssh-rsa AAAAone', 'AAAAone', false],
    ['sk-ssh-ed25519@openssh.com AAAAone token', 'AAAAone', false],
    ['  ecdsa-sha2-nistp256 AAAAone', 'AAAAone', false],
    ['from="192.0.2.1",command="echo ssh-rsa AAAAfake x" ssh-ed25519 AAAAone', 'AAAAone', false],
    [key('AAAAone').line, 'AAAAone', true],
    [`from="192.0.2.1",${key('AAAAone').line}`, 'AAAAone', true],
    ['command="/opt/other/gate monitor" ssh-ed25519 AAAAone', 'AAAAone', false],
  ])('%s', (line, blob, ours) => {
    expect(keyLinesOf(line)).toEqual([{ text: line, blob, ours }]);
  });

  test.each(['', '# ssh-ed25519 AAAAone', 'no key at all'])('%j holds no key', (line) => {
    expect(keyLinesOf(line)).toEqual([]);
  });
});

describe('merging keys', () => {
  const blob = fc
    .string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 })
    .map((text) => `AAAA${text}`);
  const line = fc.oneof(
    blob.map((text) => `ssh-ed25519 ${text} somebody`),
    blob.map((text) => key(text).line),
    fc.constantFrom('# a comment', '', 'no key'),
  );
  const wanted = fc.uniqueArray(blob, { maxLength: 3 }).map((blobs) => blobs.map(key));

  test('gives each wanted key exactly its line, keeps what is not ours, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(line), wanted, (lines, keys) => {
        const merged = mergeKeys(lines.join('\n'), keys).text;
        const found = keyLinesOf(merged);
        expect(found.filter(({ ours }) => ours).map(({ text }) => text)).toEqual(
          keys.map((each) => each.line),
        );
        const blobs = new Set(keys.map((each) => each.blob));
        const foreign = keyLinesOf(lines.join('\n')).filter((each) => !each.ours && !blobs.has(each.blob));
        expect(found.filter(({ ours }) => !ours)).toEqual(foreign);
        expect(mergeKeys(merged, keys)).toEqual({
          text: merged,
          added: 0,
          removed: 0,
          foreign: foreign.length,
        });
      }),
    );
  });

  test.each(['\n', ' ', '"', 'command="', '\\"', 'ssh-', 'a,'])(
    'costs work in proportion to the length of what stands there: %j',
    async (piece) => {
      const cost = (size: number): number =>
        cpuOf(() => mergeKeys(`${piece.repeat(size / piece.length)}x`, []));
      expect(await growthOf(cost, 262_144)).toBeLessThan(LINEAR);
    },
  );
});
