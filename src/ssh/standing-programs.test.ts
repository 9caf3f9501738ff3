import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SessionHost } from './session.js';
import { StandingPrograms } from './standing-programs.js';
import type { ChannelEvents } from './transport.js';

const STANDING = { program: 'serve', request: 'go', end: '\nover ' };
const OTHER = { ...STANDING, program: 'other' };

/** A connection on which programs start at once, and close when they are told to. */
function fakeHost(start: (events: ChannelEvents) => void = (events) => events.opened()) {
  const started: string[] = [];
  const closed: string[] = [];
  const host: SessionHost = {
    open: (program, _options, events) => {
      started.push(program);
      start(events);
      return {
        write: () => events.stdout(Buffer.from('\nover 0\n')),
        close: () => {
          closed.push(program);
          events.closed({ code: undefined, signal: undefined });
        },
      };
    },
    watch: () => () => undefined,
    destroy: () => undefined,
    retire: () => undefined,
    refused: () => undefined,
  };
  return { programs: new StandingPrograms(host), started, closed };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the program of a connection', () => {
  test('is started when the same command comes twice within 90 seconds', () => {
    const { programs, started } = fakeHost();
    programs.ranAlone(STANDING);
    jest.advanceTimersByTime(91_000);
    programs.ranAlone(STANDING);
    expect(started).toEqual([]);
    jest.advanceTimersByTime(89_000);
    programs.ranAlone(STANDING);
    expect(started).toEqual(['serve']);
    expect(programs.ready(STANDING)).toBeDefined();
    expect(programs.ready(OTHER)).toBeUndefined();
  });

  test('is closed when it was not asked for 90 seconds', () => {
    const { programs, closed } = fakeHost();
    programs.ranAlone(STANDING);
    programs.ranAlone(STANDING);
    jest.advanceTimersByTime(60_000);
    expect(programs.ready(STANDING)).toBeDefined();
    jest.advanceTimersByTime(89_000);
    expect(closed).toEqual([]);
    jest.advanceTimersByTime(2_000);
    expect(closed).toEqual(['serve']);
    expect(programs.ready(STANDING)).toBeUndefined();
  });

  test('is one: another is started when it is gone', async () => {
    const { programs, started } = fakeHost();
    programs.ranAlone(STANDING);
    programs.ranAlone(STANDING);
    await programs.ready(STANDING)?.ask(STANDING, {
      signal: new AbortController().signal,
      maxOutputBytes: 100,
    });
    programs.ranAlone(OTHER);
    programs.ranAlone(OTHER);
    expect(started).toEqual(['serve']);
    jest.advanceTimersByTime(91_000);
    programs.ranAlone(OTHER);
    programs.ranAlone(OTHER);
    expect(started).toEqual(['serve', 'other']);
  });

  test('is not started again when it has never answered', () => {
    const { programs, started } = fakeHost((events) => events.rejected('no'));
    for (let time = 0; time < 5; time++) programs.ranAlone(STANDING);
    expect(started).toEqual(['serve']);
    expect(programs.ready(STANDING)).toBeUndefined();
  });
});
