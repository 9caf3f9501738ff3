import { describe, expect, test } from '@jest/globals';
import { remember } from './remember.js';

describe('a function that remembers', () => {
  test('computes the answer to a text once, undefined too', () => {
    const asked: string[] = [];
    const length = remember(10, (text) => (asked.push(text), text === '' ? undefined : text.length));
    expect([length('abc'), length('abc'), length(''), length('')]).toEqual([3, 3, undefined, undefined]);
    expect(asked).toEqual(['abc', '']);
  });

  test('forgets when it knows too many', () => {
    const asked: string[] = [];
    const upper = remember(2, (text) => (asked.push(text), text.toUpperCase()));
    for (const text of ['a', 'b', 'c', 'c', 'a']) upper(text);
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
  });

  test('does not hold what no honest text is: a text of megabytes is computed anew', () => {
    const asked: number[] = [];
    const length = remember(10, (text) => (asked.push(text.length), text.length));
    const long = 'x'.repeat(1_000_000);
    expect([length(long), length(long)]).toEqual([1_000_000, 1_000_000]);
    expect(asked).toEqual([1_000_000, 1_000_000]);
  });
});
