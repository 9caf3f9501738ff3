import { expect, test } from '@jest/globals';
import { nearest } from './nearest.js';

const KNOWN = ['listen', 'limits', 'nodes', 'host', 'port', 'known_hosts', 'key_file'];

test.each([
  ['listn', 'listen'],
  ['prot', 'port'],
  ['limit', 'limits'],
  ['Nodes', 'nodes'],
  ['knownhosts', 'known_hosts'],
  ['keyfile', 'key_file'],
  ['colour', undefined],
  ['', undefined],
])('somebody who wrote %j meant %p', (word, meant) => {
  expect(nearest(word, KNOWN)).toBe(meant);
});
