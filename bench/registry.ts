import { coldStart } from './cold-start.js';
import { decisions } from './decisions.js';
import { latency } from './latency.js';
import { nodeCost } from './node-cost.js';
import { noise } from './noise.js';
import { probeCost } from './probe.js';
import type { Bench } from './result.js';
import { rules } from './rules.js';
import { longSoak } from './soak.js';
import { steady } from './steady.js';
import { sweep } from './sweep.js';

/** Every benchmark, in the order of docs/performance.md. */
export const BENCHES: readonly Bench[] = [
  probeCost,
  sweep,
  steady,
  noise,
  coldStart,
  nodeCost,
  latency,
  rules,
  longSoak,
  decisions,
];
