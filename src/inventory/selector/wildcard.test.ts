import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesWildcard } from './wildcard.js';

describe('a pattern', () => {
  test.each([
    ['fra-1', 'fra-1', true],
    ['fra-1', 'fra-10', false],
    ['fra-*', 'fra-', true],
    ['*-1', 'fra-1-1', true],
    ['*a*b', 'xaxxb', true],
    ['*a*b', 'xbxxa', false],
    ['?', '😀', true],
    ['?', '', false],
    ['a.c', 'abc', false],
    ['', '', true],
    ['**', 'x', true],
  ])('%j and %j: %s', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  test('means what the same regular expression means', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '*', '?')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const source = pattern.replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchesWildcard(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
      }),
    );
  });

  test('of many stars costs little', () => {
    expect(matchesWildcard('*a'.repeat(100) + 'b', 'a'.repeat(2_000))).toBe(false);
  });
});
