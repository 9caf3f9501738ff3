import { beforeAll, describe, expect, test } from '@jest/globals';
import { findTool } from '../stack/tools.js';
import { RECORDING_CASES } from './cases/recording.js';
import { DISK_CASES } from './cases/disk.js';
import { HOST_CASES } from './cases/host.js';
import { IDENTITY_CASES } from './cases/identity.js';
import { MONITORING_CASES } from './cases/monitoring.js';
import { PERFORMANCE_CASES } from './cases/performance.js';
import { REACHABILITY_CASES } from './cases/reachability.js';
import { SOFTWARE_CASES } from './cases/software.js';
import { VERSION_CASES } from './cases/versions.js';
import { DEFAULT_SETTINGS } from './settings.js';
import { nameOf, runCases, type Failures } from './testing/promtool-tests.js';

const CASES = [
  ...RECORDING_CASES,
  ...REACHABILITY_CASES,
  ...SOFTWARE_CASES,
  ...PERFORMANCE_CASES,
  ...IDENTITY_CASES,
  ...VERSION_CASES,
  ...HOST_CASES,
  ...DISK_CASES,
  ...MONITORING_CASES,
];

describe('on Prometheus', () => {
  let failures: Failures;
  beforeAll(async () => {
    const tester = { program: await findTool('promtool'), words: ['test', 'rules'] };
    failures = await runCases(CASES, DEFAULT_SETTINGS, tester);
  }, 300_000);

  test.each(CASES.map((one) => [nameOf(one)]))('%s', (name) => {
    expect(failures.get(name) ?? failures.get('') ?? '').toBe('');
  });
});
