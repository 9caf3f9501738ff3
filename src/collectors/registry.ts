import type { Collector } from './collector.js';

/** Every collector, in the order of exposition. One line each; collectors.test.ts compares the list with the folder. */
export const COLLECTORS: readonly Collector[] = [];
