import type { RecordingGroup } from '../rule.js';
import { BASELINE_RULES } from './baseline.js';
import { CAPACITY_RULES } from './capacity.js';
import { FLEET_RULES } from './fleet.js';
import { NODE_RULES } from './node.js';
import { UPTIME_RULES } from './uptime.js';

/** Every group of recording rules. Groups run beside each other: what one reads of another is one round old. */
export const RECORDING_GROUPS: readonly RecordingGroup[] = [
  NODE_RULES,
  FLEET_RULES,
  UPTIME_RULES,
  BASELINE_RULES,
  CAPACITY_RULES,
];
