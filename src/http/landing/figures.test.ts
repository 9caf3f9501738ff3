import { describe, expect, test } from '@jest/globals';
import type { CollectorOutcome } from '../../scrape/outcome.js';
import { figuresOf, isFigureSample, NOT_STATED } from './figures.js';
import { healthySamples, makeCollector } from './testing/fleet.js';

type Samples = CollectorOutcome['samples'];

const figures = (samples: Samples) => figuresOf([makeCollector('everything', samples)]);

function filesystem(mountpoint: string, size: number, avail: number, readonly = 0, fstype = 'ext4'): Samples {
  const labels = { device: 'd', mountpoint, fstype };
  return [
    { metric: 'node_filesystem_size_bytes', labels, value: size },
    { metric: 'node_filesystem_avail_bytes', labels, value: avail },
    { metric: 'node_filesystem_readonly', labels, value: readonly },
  ];
}

test('a well node states every figure', () => {
  const { load, memory, filesystem: disk, cache, http, registered, uptime } = figures(healthySamples());
  expect(load).toEqual({ value: 0.45, text: '0.45', title: 'Load 0.90 on 2 CPUs' });
  expect(memory).toEqual({ value: 0.375, text: '38%', title: '6.0 GiB of 16.0 GiB used', bar: 4 });
  expect(disk).toEqual({ value: 0.62, text: '62%', title: '/data: 38.0 GiB of 100 GiB left', bar: 6 });
  expect(cache).toEqual({
    value: 0.83,
    text: '83%',
    title: '4,150 hits of 5,000 lookups in the disk cache since the node software started',
    bar: 8,
  });
  expect(http).toEqual({ value: 1, text: 'up' });
  expect(registered).toEqual({ value: 1, text: 'yes' });
  expect(uptime).toEqual({ value: 1_047_600, text: '12 d 3 h', title: 'Booted 2026-02-16T23:47Z' });
});

test('the samples that are kept for the page are enough for it, and few', () => {
  const kept = healthySamples().filter(isFigureSample);
  expect(figures(kept)).toEqual(figures(healthySamples()));
  expect(kept.filter(({ metric }) => metric === 'node_cpu_seconds_total')).toHaveLength(2);
  expect(isFigureSample({ metric: 'node_memory_Buffers_bytes', value: 1 })).toBe(false);
});

describe('a figure that the node did not state is an en dash without a value', () => {
  test('when nothing was stated', () => {
    for (const figure of Object.values(figures([]))) expect(figure).toEqual({ text: '–' });
  });

  test.each([
    ['load', 'node_load1'],
    ['load', 'node_cpu_seconds_total'],
    ['memory', 'node_memory_MemAvailable_bytes'],
    ['memory', 'node_memory_MemTotal_bytes'],
    ['filesystem', 'node_filesystem_avail_bytes'],
    ['cache', 'pipe_node_cache_misses_total'],
    ['http', 'pipe_node_http_up'],
    ['registered', 'pipe_node_registered'],
    ['uptime', 'node_boot_time_seconds'],
  ] as const)('%s without %s', (key, metric) => {
    expect(figures(healthySamples({ [metric]: undefined }))[key]).toEqual(NOT_STATED);
  });

  test('when a value is not a number', () => {
    expect(figures(healthySamples({ node_load1: Number.NaN })).load).toEqual(NOT_STATED);
  });

  test('when a cache was never asked', () => {
    const idle = healthySamples({ pipe_node_cache_hits_total: 0, pipe_node_cache_misses_total: 0 });
    expect(figures(idle).cache).toEqual(NOT_STATED);
  });
});

describe('the fullest filesystem', () => {
  test('is one that can be written to', () => {
    const samples = [...filesystem('/', 100, 60), ...filesystem('/snap/core', 100, 0, 1)];
    expect(figures(samples).filesystem.value).toBe(0.4);
  });

  test('is a disk, not memory', () => {
    const samples = [...filesystem('/', 100, 60), ...filesystem('/run', 100, 0, 0, 'tmpfs')];
    expect(figures(samples).filesystem.value).toBe(0.4);
  });

  test('is not one without a size', () => {
    expect(figures(filesystem('/proc', 0, 0)).filesystem).toEqual(NOT_STATED);
  });
});

describe('a figure that wants a look says why', () => {
  test('a full disk', () => {
    expect(figures(filesystem('/data', 100, 4)).filesystem.note).toBe('/data is 96% full.');
  });

  test('full memory', () => {
    const note = figures(healthySamples({ node_memory_MemAvailable_bytes: 0 })).memory.note;
    expect(note).toBe('Memory is 100% used.');
  });

  test('software that does not answer, or is not registered', () => {
    const { http, registered } = figures(healthySamples({ pipe_node_http_up: 0, pipe_node_registered: 0 }));
    expect(http).toEqual({ value: 0, text: 'down', note: 'The node software does not answer HTTP.' });
    expect(registered.text).toBe('no');
    expect(registered.note).toBe('The node software says that it is not registered.');
  });

  test('one generation that answers is enough beside the leftovers of another', () => {
    const up = (generation: string, value: number) => ({
      metric: 'pipe_node_http_up',
      labels: { generation },
      value,
    });
    expect(figures([up('mainnet', 1), up('testnet', 0)]).http).toEqual({ value: 1, text: 'up' });
    expect(figures([up('testnet', 0), up('mainnet', 1)]).http).toEqual({ value: 1, text: 'up' });
  });

  test('no software at all', () => {
    const { http } = figures([{ metric: 'pipe_node_detected', value: 0 }]);
    expect(http).toEqual({ text: '–', note: 'No Pipe node software was found.' });
  });
});
