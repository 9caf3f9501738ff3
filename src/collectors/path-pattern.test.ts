import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { matchPattern } from './path-pattern.js';

/** What the shell itself says. */
function shellMatches(pattern: string, name: string): boolean {
  const script = `case $1 in ${pattern}) echo yes ;; *) echo no ;; esac`;
  return execFileSync('/bin/sh', ['-c', script, 'sh', name], { encoding: 'utf8' }) === 'yes\n';
}

describe('a pattern of the shell', () => {
  test.each([
    ['/sys/class/net/*/mtu', '/sys/class/net/eth0/mtu', true],
    ['/sys/class/net/*/mtu', '/sys/class/net//mtu', true],
    ['/sys/class/net/*/mtu', '/sys/class/net/eth0/x/mtu', false],
    ['/sys/class/net/*/mtu', '/sys/class/net/eth0/mtu/', false],
    ['/run/udev/data/b[1-689]*:*', '/run/udev/data/b8:0', true],
    ['/run/udev/data/b[1-689]*:*', '/run/udev/data/b7:0', false],
    ['/run/udev/data/b[1-689]*:*', '/run/udev/data/b8', false],
    ['/a/b?', '/a/bc', true],
    ['/a/b?', '/a/b', false],
    ['/a/ab*bc', '/a/abc', false],
    ['/a/ab*bc', '/a/abbc', true],
    ['/a.b/*', '/axb/c', false],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(matchPattern(pattern)(path)).toBe(expected);
  });

  test('matches the names that the shell matches', () => {
    const letters = (...words: string[]) =>
      fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(letters('a', 'b', '*', '?', '[ab]'), letters('a', 'b', 'ab'), (pattern, name) => {
        const [glob, text] = [pattern.join(''), name.join('')];
        expect([glob, text, matchPattern(glob)(text)]).toEqual([glob, text, shellMatches(glob, text)]);
      }),
      { numRuns: 200 },
    );
  });
});
