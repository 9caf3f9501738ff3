import { expect, test } from '@jest/globals';
import { hostMistake, parseAddress } from './address.js';

test.each([
  'localhost',
  'fra-1.example.net',
  'fra_1',
  'example.net.',
  '192.0.2.1',
  '2001:db8::1',
  '::1',
  'fe80::1%eth0',
  '1.2.3.4.example',
])('the host %s can be dialled', (host) => {
  expect(hostMistake(host)).toBeUndefined();
});

test.each([
  '',
  '-x',
  'a b',
  'a@b',
  'a/b',
  '[::1]',
  'a:22',
  '1.2.3',
  '999.1.1.1',
  ':::1',
  'a..b',
  'a-.b',
  'ä.example',
  `${'a'.repeat(64)}.example`,
])('the host %j gets a sentence that mends it', (host) => {
  expect(hostMistake(host)).toContain('; ');
});

test.each([
  ['127.0.0.1:10950', { host: '127.0.0.1', port: 10_950 }],
  ['[::1]:10950', { host: '::1', port: 10_950 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['::1:10950', undefined],
  ['[127.0.0.1]:1', undefined],
  ['localhost', undefined],
  ['localhost:65536', undefined],
  [':10950', undefined],
])('the address %s is %p', (text, address) => {
  expect(parseAddress(text)).toEqual(address);
});
