import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { type MuxEvent, muxEventOf } from './mux-log.js';

const FIXTURES = new URL('__fixtures__/', import.meta.url);

test.each(readdirSync(FIXTURES))('the master of %s tells what becomes of each session', (version) => {
  const text = readFileSync(new URL(`${version}/recorded-sessions.txt`, FIXTURES), 'latin1');
  const events = text.split(/\r?\n/).flatMap((line) => muxEventOf(line) ?? []);
  const expected: readonly MuxEvent[] = [
    { what: 'asked', channel: 2 },
    { what: 'opened' },
    { what: 'exited', channel: 2, how: 'status' },
    { what: 'freed', channel: 2 },
    { what: 'asked', channel: 2 },
    { what: 'opened' },
    { what: 'exited', channel: 2, how: 'signal' },
    { what: 'freed', channel: 2 },
    // One that runs, and one more than MaxSessions allows.
    { what: 'asked', channel: 2 },
    { what: 'opened' },
    { what: 'asked', channel: 4 },
    { what: 'refused', channel: 4, why: 'open failed' },
    { what: 'freed', channel: 4 },
    { what: 'exited', channel: 2, how: 'status' },
    { what: 'freed', channel: 2 },
  ];
  expect(events).toEqual(expected);
});

test.each(['debug1: channel 1: free: mux-control, nchannels 2', 'a line of a command: channel 2: free', ''])(
  '%j tells nothing',
  (line) => {
    expect(muxEventOf(line)).toBeUndefined();
  },
);
