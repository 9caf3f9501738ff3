import { describe, expect, test } from '@jest/globals';
import { formatAge, formatBytes, formatCount, formatDuration, formatRatio, formatSpan } from './format.js';

describe('a ratio', () => {
  test.each([
    [0, '0%'],
    [0.004, '<1%'],
    [0.374, '37%'],
    [0.996, '99%'],
    [1, '100%'],
  ])('%d is %s', (ratio, text) => expect(formatRatio(ratio)).toBe(text));
});

describe('a duration', () => {
  test.each([
    [0.0002, '<1 ms'],
    [0.0431, '43 ms'],
    [0.9999, '1.0 s'],
    [5.02, '5.0 s'],
  ])('of %d seconds is %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('a span', () => {
  test.each([
    [59.9, '59 s'],
    [60, '1 min'],
    [15_130, '4 h 12 min'],
    [270_000, '3 d 3 h'],
    [11_232_000, '130 d'],
  ])('of %d seconds is %s', (seconds, text) => expect(formatSpan(seconds)).toBe(text));
});

describe('an age', () => {
  test.each([
    [0, '0 s ago'],
    [61, '1 min ago'],
    [7_300, '2 h ago'],
    [200_000, '2 d ago'],
  ])('of %d seconds is %s', (seconds, text) => expect(formatAge(seconds)).toBe(text));
});

describe('an amount', () => {
  test.each([
    [512, '512 B'],
    [1536, '1.5 KiB'],
    [118 * 2 ** 30, '118 GiB'],
  ])('of %d bytes is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

test('thousands of a count stand apart', () => {
  expect(formatCount(1234567)).toBe('1,234,567');
});
