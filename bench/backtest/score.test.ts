import { describe, expect, test } from '@jest/globals';
import type { Fault } from './faults.js';
import { scoreOf } from './score.js';

const HOUR = 3600;
const leak: Fault = { kind: 'disk_leak', node: 'a', from: 10 * HOUR, until: 30 * HOUR };
const loss: Fault = { kind: 'traffic_lost', node: 'b', from: 10 * HOUR, until: 14 * HOUR };

describe('an alert', () => {
  test('that fires during a fault has found it, after so long', () => {
    const episode = { node: 'b', from: 10.5 * HOUR, until: 14 * HOUR };
    expect(scoreOf([loss], [loss, leak], [episode])).toEqual({
      faults: 1,
      found: 1,
      falseAlarms: 0,
      episodes: 1,
      seconds: HOUR / 2,
    });
  });

  test('that foretells one leads by what is left of it', () => {
    const episode = { node: 'a', from: 12 * HOUR, until: 30 * HOUR };
    expect(scoreOf([leak], [leak], [episode])).toMatchObject({ found: 1, seconds: 18 * HOUR });
  });

  test('of another node has found nothing, and is false', () => {
    const episode = { node: 'c', from: 11 * HOUR, until: 12 * HOUR };
    expect(scoreOf([loss], [loss, leak], [episode])).toMatchObject({ found: 0, falseAlarms: 1 });
  });

  test('that fires for another fault of its node is not false, and is no find', () => {
    const episode = { node: 'a', from: 11 * HOUR, until: 12 * HOUR };
    expect(scoreOf([loss], [loss, leak], [episode])).toMatchObject({ found: 0, falseAlarms: 0 });
  });
});
