import { expect, test } from '@jest/globals';
import { parseDuration, parseSize } from './quantities.js';

test.each([
  ['10s', 10],
  ['500ms', 0.5],
  ['5m', 300],
  ['1h30m', 5400],
  ['7d', 604_800],
  ['1m500ms', 60.5],
  ['0s', 0],
  ['10', undefined],
  ['', undefined],
  ['1.5s', undefined],
  ['-1s', undefined],
  ['30m1h', undefined],
  ['10 s', undefined],
])('the duration %j is %p seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  ['4MiB', 4_194_304],
  ['64KiB', 65_536],
  ['1GiB', 1_073_741_824],
  ['512B', 512],
  ['4MB', undefined],
  ['4', undefined],
  ['-4B', undefined],
])('the size %j is %p bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});
