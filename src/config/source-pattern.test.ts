import { expect, test } from '@jest/globals';
import { sourcePatternMistake } from './source-pattern.js';

test.each([
  '198.51.100.7',
  '2001:db8::1',
  '192.0.2.0/24',
  '192.0.2.7/32',
  '0.0.0.0/0',
  '2001:db8::/32',
  '2001:db8::1/128',
  '::ffff:192.0.2.0/120',
  '1:2:3:4:5:6:7:0/112',
  '198.51.100.*',
  '2001:db8::*',
  '!192.0.2.9',
  '*.example.net',
  'monitor.example.net',
])('%s is a pattern', (pattern) => {
  expect(sourcePatternMistake(pattern)).toBeUndefined();
});

test.each([
  '',
  '!',
  '192.0.2.1,192.0.2.2',
  '192.0.2.1 192.0.2.2',
  '192.0.2.1"',
  'fe80::1%eth0',
  '[::1]',
  '192.0.2',
  '192.0.2.0/33',
  '192.0.2.0/24/8',
  '192.0.2.0/',
  'example.net/24',
  '192.0.2.1/24',
  '2001:db8::1/64',
  '::ffff:192.0.2.1/120',
])('%j gets a sentence that mends it', (pattern) => {
  expect(sourcePatternMistake(pattern)).toContain('; ');
});
