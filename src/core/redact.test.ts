import { describe, expect, test } from '@jest/globals';
import { expectLinear } from '../testing/linear-cost.js';
import { redact } from './redact.js';

describe('text from a node, as a person sees it', () => {
  test.each([
    ['{"hardware_signature":"46ad6e","port":443}', '{"hardware_signature":"[redacted]","port":443}'],
    ['{"solana_pubkey": "7ugo", "a": 1}', '{"solana_pubkey": "[redacted]", "a": 1}'],
    ['{"access_token":"a\\"b"}', '{"access_token":"[redacted]"}'],
    ['pop_x{wallet="7ugo",region="eu"} 1', 'pop_x{wallet="[redacted]",region="eu"} 1'],
    ['{"hardware_signature":"46ad', '{"hardware_signature":"[redacted]"'],
    ["Location='X', Invite Code='ABC123'", "Location='X', Invite Code='[redacted]'"],
    ['mail operator@example.com now', 'mail [redacted] now'],
    ['{"status":"ok","uptime_seconds":52}', '{"status":"ok","uptime_seconds":52}'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['\u001B]0;title\u0007\u001B[2Jgone\r', '\uFFFD]0;title\uFFFD\uFFFD[2Jgone\uFFFD'],
  ])('%j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test('is cut where it gets too long', () => {
    expect(redact('abcdef', 3)).toBe('abc…');
    expect(redact('abc', 3)).toBe('abc');
  });

  test.each([
    'a',
    'key',
    '_',
    '"',
    '"keykey',
    '@',
    '"key": "',
    '"key":"\\\\',
    'invite code ',
    'a@b.',
    'a-',
    '\u0001',
    '\ud800',
  ])('takes CPU time linear in its length when it is all %j', (piece) =>
    expectLinear(
      (text) => void redact(text, text.length),
      (length) => piece.repeat(length / piece.length),
      // 4 MiB is the largest answer of a node.
      1_048_576,
    ),
  );
});
