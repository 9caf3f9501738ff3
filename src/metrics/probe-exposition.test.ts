import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { failureReasons } from '../core/failure.js';
import { groupSamples } from '../scrape/group-samples.js';
import type { ProbeOutcome } from '../scrape/outcome.js';
import { NO_PHASES, numberCollector, wordsCollector } from '../scrape/testing/fakes.js';
import { findTool } from '../stack/tools.js';
import { renderProbe } from './probe-exposition.js';

const COLLECTORS = [numberCollector, wordsCollector];

const UP: ProbeOutcome = {
  node: 'fra-1',
  module: 'node',
  startedAt: 0,
  durationSeconds: 0.125,
  success: true,
  reason: 'none',
  message: '',
  connectionReused: true,
  retryAfterSeconds: 0,
  phases: { ...NO_PHASES, channel: 0.05, command: 0.07, parse: 0.005 },
  collectors: [
    { collector: 'number', success: true, message: '', samples: [{ metric: 'test_number', value: 7 }] },
    { collector: 'words', success: false, message: 'It is broken.', samples: [] },
  ],
  exchange: { command: '', exitCode: 0, stdout: '', stderr: '' },
};

const DOWN: ProbeOutcome = {
  ...UP,
  success: false,
  reason: 'connect_timeout',
  message: 'Nothing answered.',
  retryAfterSeconds: 12.5,
  collectors: UP.collectors.map((part) => ({ ...part, success: false, samples: [] })),
};

describe('the answer to a probe', () => {
  test('begins with the probe itself and goes on with what collectors found', () => {
    const text = renderProbe(UP, { latitude: 50.11, longitude: -8.5 }, COLLECTORS);
    const lines = text.split('\n').filter((line) => !line.startsWith('#'));
    expect(lines.slice(0, 2)).toEqual(['probe_success 1', 'probe_duration_seconds 0.125']);
    expect(lines).toContain('probe_phase_duration_seconds{phase="command"} 0.07');
    expect(lines).toContain('probe_connection_reused 1');
    expect(lines).toContain('probe_failure_reason{reason="none"} 1');
    expect(lines).toContain('probe_collector_success{collector="number"} 1');
    expect(lines).toContain('probe_collector_success{collector="words"} 0');
    expect(lines).toContain('pipe_node_location_info{latitude="50.11",longitude="-8.5"} 1');
    expect(lines.slice(-2)).toEqual(['test_number 7', '']);
  });

  test('is as complete when the node is down, and claims nothing about it', () => {
    const series = (text: string): string[] =>
      text
        .split('\n')
        .filter((line) => line.startsWith('probe_'))
        .map((line) => line.slice(0, line.lastIndexOf(' ')));
    const down = renderProbe(DOWN, undefined, COLLECTORS);
    expect(series(down)).toEqual(series(renderProbe(UP, undefined, COLLECTORS)));
    expect(down).toContain('probe_failure_reason{reason="connect_timeout"} 1');
    expect(down).toContain('probe_backoff_seconds 12.5');
    expect(down).not.toContain('test_');
    expect(down).not.toContain('pipe_node_location_info');
  });

  test('passes on what the node software says of itself, each family once, and promtool reads it', async () => {
    const histogram = { name: 'pipe_seconds', type: 'histogram', help: 'Time.' } as const;
    const untyped = { name: 'pipe_load', type: 'untyped', help: '' } as const;
    const [number, ...others] = UP.collectors;
    if (number === undefined) throw new Error('There is no collector.');
    const samples = groupSamples([
      ...number.samples,
      { metric: 'pipe_seconds_bucket', labels: { le: '+Inf' }, value: 1, family: histogram },
      { metric: 'pipe_load', labels: { zone: 'eu' }, value: 0.5, family: untyped },
      { metric: 'pipe_seconds_sum', value: 0.5, family: { ...histogram } },
      { metric: 'pipe_seconds_count', value: 1, family: histogram },
    ]);
    const text = renderProbe(
      { ...UP, collectors: [{ ...number, samples }, ...others] },
      undefined,
      COLLECTORS,
    );
    expect(text.slice(text.indexOf('# HELP test_number')).split('\n')).toEqual([
      expect.stringMatching(/^# HELP test_number /),
      expect.stringMatching(/^# TYPE test_number /),
      'test_number 7',
      '# HELP pipe_seconds Time.',
      '# TYPE pipe_seconds histogram',
      'pipe_seconds_bucket{le="+Inf"} 1',
      'pipe_seconds_sum 0.5',
      'pipe_seconds_count 1',
      '# HELP pipe_load ',
      '# TYPE pipe_load untyped',
      'pipe_load{zone="eu"} 0.5',
      '',
    ]);
    const promtool = await findTool('promtool');
    const { stderr } = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect(stderr).not.toContain('error while linting');
  });

  test('has every reason once and exactly one of them set', () => {
    const lines = renderProbe(DOWN, undefined, COLLECTORS).match(/^probe_failure_reason.*$/gm);
    expect(lines).toHaveLength(failureReasons.length);
    expect(lines?.filter((line) => line.endsWith(' 1'))).toEqual([
      'probe_failure_reason{reason="connect_timeout"} 1',
    ]);
  });

  test('pleases promtool', async () => {
    const promtool = await findTool('promtool');
    const input = renderProbe({ ...UP, collectors: [] }, { latitude: 1, longitude: 2 }, []);
    expect(execFileSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' })).toBe('');
  });
});
