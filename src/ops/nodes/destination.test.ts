import { describe, expect, test } from '@jest/globals';
import { nameFor, parseDestination } from './destination.js';

describe('a destination', () => {
  test.each([
    ['root@fra-1.example.net', { user: 'root', host: 'fra-1.example.net', port: undefined }],
    ['fra-1', { user: undefined, host: 'fra-1', port: undefined }],
    ['admin@192.0.2.10:2222', { user: 'admin', host: '192.0.2.10', port: 2222 }],
    ['root@[2001:db8::1]:22', { user: 'root', host: '2001:db8::1', port: 22 }],
    ['root@[2001:db8::1]', { user: 'root', host: '2001:db8::1', port: undefined }],
    ['root@2001:db8::1', { user: 'root', host: '2001:db8::1', port: undefined }],
  ])('%s', (text, expected) => {
    expect(parseDestination(text)).toEqual(expected);
  });

  test.each([
    '',
    '@',
    'root@',
    '@host',
    'a b@host',
    'root@host:0',
    'root@host:99999',
    'ssh://root@host',
    'root@a@b',
    '-oProxyCommand=x',
  ])('%j is refused in one sentence', (text) => {
    expect(() => parseDestination(text)).toThrow(
      `${JSON.stringify(text)} is no node to add; write USER@HOST or USER@HOST:PORT, such as root@fra-1.example.net or root@[2001:db8::1]:2222.`,
    );
  });
});

describe('a node that is given no name', () => {
  test.each([
    ['fra-1.example.net', [], 'fra-1'],
    ['fra-1.example.net', ['fra-1', 'fra-1-2'], 'fra-1-3'],
    ['192.0.2.10', [], '192.0.2.10'],
    ['2001:db8::1', [], '2001-db8--1'],
    ['::1', [], 'node-1'],
  ])('%s beside %j is called %s', (host, taken, expected) => {
    expect(nameFor(host, new Set(taken))).toBe(expected);
  });
});
