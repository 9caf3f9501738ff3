import { expect, test } from '@jest/globals';
import { createLastSeen } from './last-seen.js';
import type { ProbeOutcome } from './outcome.js';
import { NO_PHASES } from './testing/fakes.js';

const OUTCOME: ProbeOutcome = {
  node: 'fra-1',
  module: 'node',
  startedAt: 1,
  durationSeconds: 0.1,
  success: true,
  reason: 'none',
  message: '',
  connectionReused: true,
  phases: { ...NO_PHASES, parse: 0 },
  retryAfterSeconds: 0,
  collectors: [
    {
      collector: 'one',
      success: true,
      message: '',
      samples: [
        { metric: 'kept', value: 1 },
        { metric: 'dropped', value: 2 },
      ],
    },
  ],
  exchange: { command: 'long', exitCode: 0, stdout: 'longer', stderr: 'text' },
};

test('of each node only the newest outcome is kept, and of that only what the page shows', () => {
  const seen = createLastSeen('node', ({ metric }) => metric === 'kept');
  seen.record(OUTCOME);
  seen.record({ ...OUTCOME, startedAt: 2 });
  seen.record({ ...OUTCOME, module: 'inventory', startedAt: 3 });
  seen.record({ ...OUTCOME, node: 'ams-1' });
  expect([...seen.outcomes.keys()]).toEqual(['fra-1', 'ams-1']);
  expect(seen.outcomes.get('fra-1')).toMatchObject({
    startedAt: 2,
    collectors: [{ samples: [{ metric: 'kept', value: 1 }] }],
    exchange: { command: '', exitCode: 0, stdout: '', stderr: '' },
  });

  seen.retain(new Set(['ams-1']));
  expect([...seen.outcomes.keys()]).toEqual(['ams-1']);
});
