import { beforeAll, describe, expect, test } from '@jest/globals';
import { findTool } from '../stack/tools.js';
import { ask, SHELLS, type Shell } from './testing/node.js';
import { time } from './time.js';
import { TIMEX_METRICS } from './timex-metrics.js';

let busybox = '';

beforeAll(async () => {
  busybox = await findTool('busybox');
});

/** What a node with these programs alone tells, by metric; of several series of one metric, the last. */
async function collect(
  shell: Shell,
  programs: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, number>> {
  const node = { shell, bare: true, programs: { head: busybox, sleep: busybox, ...programs } };
  const { samples } = await ask(time, node);
  return new Map(samples.map(({ metric, value }) => [metric, value]));
}

/** Metrics of adjtimex(2) among those. */
function timexOf(values: ReadonlyMap<string, number>): string[] {
  return [...values.keys()].filter((metric) => metric.startsWith('node_timex_'));
}

/** The time is that of this machine, which is the node here. */
function expectNow(values: ReadonlyMap<string, number>, before: number): void {
  const seconds = values.get('node_time_seconds') ?? NaN;
  expect(seconds).toBeGreaterThanOrEqual(Math.floor(before / 1000));
  expect(seconds).toBeLessThanOrEqual(Date.now() / 1000);
}

describe.each(SHELLS)('%s', (shell) => {
  test('perl tells the time and how it is steered', async () => {
    const before = Date.now();
    const values = await collect(shell, { perl: '/usr/bin/perl' });
    expectNow(values, before);
    expect(timexOf(values)).toEqual(Object.keys(TIMEX_METRICS));
  });

  test('busybox tells the same, but for pulses per second and atomic time', async () => {
    const before = Date.now();
    const values = await collect(shell, { busybox });
    expectNow(values, before);
    const some = Object.keys(TIMEX_METRICS).filter((metric) => !/_(?:pps|tai)_/.test(metric));
    expect(timexOf(values)).toEqual(some);
  });

  test('date tells the time and nothing else', async () => {
    const before = Date.now();
    const values = await collect(shell, { date: busybox });
    expectNow(values, before);
    expect(timexOf(values)).toEqual([]);
  });
});

test('perl and busybox read the same state of the clock', async () => {
  const [perl, applet] = await Promise.all([
    collect('dash', { perl: '/usr/bin/perl' }),
    collect('dash', { busybox }),
  ]);
  for (const metric of ['sync_status', 'status', 'loop_time_constant', 'tick_seconds'])
    expect(applet.get(`node_timex_${metric}`)).toBe(perl.get(`node_timex_${metric}`));
});
