import type { AlertCase, RecordCase } from '../rule-case.js';
import { DISK_CASES } from './disk.js';
import { HOST_CASES } from './host.js';
import { IDENTITY_CASES } from './identity.js';
import { MONITORING_CASES } from './monitoring.js';
import { PERFORMANCE_CASES } from './performance.js';
import { REACHABILITY_CASES } from './reachability.js';
import { RECORDING_CASES } from './recording.js';
import { SOFTWARE_CASES } from './software.js';
import { VERSION_CASES } from './versions.js';

/** Every case of a rule, beside those in prometheus/tests. */
export const RULE_CASES: readonly (AlertCase | RecordCase)[] = [
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
