import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applets, SHELLS, wordsOf } from '../../collectors/testing/node.js';
import { changeKeys } from './account-scripts.js';
import { APPLY_SHELL } from './apply-shell.js';
import { expectLinear } from '../../testing/linear-cost.js';
import type { DesiredKey } from './desired.js';
import { droppedKeys, keyLinesOf, mergeKeys } from './key-lines.js';
import { ROOT_SHELL } from './root-shell.js';

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
  ])('%s', (line, blob, gated) => {
    expect(keyLinesOf(line)).toEqual([{ text: line, blob, gated }]);
  });

  test.each(['', '# ssh-ed25519 AAAAone', 'no key at all'])('%j holds no key', (line) => {
    expect(keyLinesOf(line)).toEqual([]);
  });
});

describe('merging keys', () => {
  // Of one length, as keys are: none is a part of another.
  const blob = fc
    .string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 3, maxLength: 3 })
    .map((text) => `AAAA${text}`);
  const line = fc.oneof(
    blob.map((text) => `ssh-ed25519 ${text} somebody`),
    blob.map((text) => key(text).line),
    fc.constantFrom('# a comment', '', 'no key', '-e', '*', '\\', 'not even \u{fffd} text'),
  );
  const file = fc
    .tuple(fc.array(line), fc.constantFrom('', '\n'))
    .map(([lines, end]) => lines.join('\n') + end);
  const blobs = fc.uniqueArray(blob, { maxLength: 3 });

  test('gives each wanted key exactly its line, keeps what is not ours, and changes nothing the second time', () => {
    fc.assert(
      fc.property(file, blobs, blobs, (text, listed, wanted) => {
        const keys = wanted.map(key);
        const merged = mergeKeys(text, listed, keys);
        const found = keyLinesOf(merged.text);
        const ours = new Set([...listed, ...wanted]);
        expect(found.filter((each) => ours.has(each.blob)).map((each) => each.text)).toEqual(
          keys.map((each) => each.line),
        );
        const foreign = keyLinesOf(text).filter((each) => !ours.has(each.blob));
        expect(found.filter((each) => !ours.has(each.blob))).toEqual(foreign);
        expect(merged.foreign).toBe(foreign.length);
        expect(mergeKeys(merged.text, wanted, keys)).toEqual({
          text: merged.text,
          right: true,
          added: 0,
          removed: 0,
          foreign: foreign.length,
        });
      }),
    );
  });

  test('is not needed where each line is there once, in whatever order, and no other with its key', () => {
    const [one, two] = [key('AAAAone'), key('AAAAtwo')];
    const others = 'ssh-ed25519 AAAAother me';
    const isRight = (...lines: readonly string[]): boolean =>
      mergeKeys(`${lines.join('\n')}\n`, ['AAAAold'], [one, two]).right;
    expect(isRight(two.line, others, one.line)).toBe(true);
    expect(isRight(one.line, others)).toBe(false);
    expect(isRight(one.line, two.line, two.line)).toBe(false);
    expect(isRight(one.line, two.line, 'ssh-ed25519 AAAAone open')).toBe(false);
    expect(isRight(one.line, two.line, key('AAAAold').line)).toBe(false);
  });

  test.each(SHELLS)('is what %s does with a file on a node', async (shell) => {
    const [program = '', ...words] = await wordsOf(shell);
    const folder = mkdtempSync(join(tmpdir(), 'pipefleet-keys-'));
    const path = join(folder, 'keys');
    const used =
      shell === 'busybox'
        ? await applets('cat', 'chmod', 'chown', 'grep', 'head', 'mktemp', 'mv', 'stat')
        : {};
    // The folder is a test's, and no folder of root's alone.
    const functions = Object.entries(used).map(
      ([name, busybox]) => `${name}() { "${busybox}" ${name} "$@"; }\n`,
    );
    const script = `${ROOT_SHELL}${APPLY_SHELL}${functions.join('')}rooted() { :; }\nchown() { :; }\nid() { command id -u; }\nset -eu\n`;
    chmodSync(folder, 0o755);
    try {
      fc.assert(
        fc.property(file, blobs, blobs, (text, listed, wanted) => {
          const keys = wanted.map(key);
          writeFileSync(path, text);
          const change = changeKeys(
            path,
            'somebody',
            droppedKeys(listed, keys),
            keys.map((each) => each.line),
          );
          execFileSync(program, words, { input: script + change, stdio: ['pipe', 'pipe', 'pipe'] });
          const lines = wanted.length + listed.length > 0 ? mergeKeys(text, listed, keys).text : text;
          expect(readFileSync(path, 'utf8')).toBe(lines);
        }),
        { numRuns: 40 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(['\n', ' ', '"', 'command="', '\\"', 'ssh-', 'a,'])(
    'costs work in proportion to the length of what is there: %j',
    (piece) =>
      expectLinear(
        (text) => void mergeKeys(`${text}x`, ['AAAAold'], []),
        (length) => piece.repeat(length / piece.length),
      ),
  );
});
