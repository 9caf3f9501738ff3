/** Bounds of the buckets in which times between a kept connection and a slow node are counted, in seconds. */
export const LATENCIES = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
