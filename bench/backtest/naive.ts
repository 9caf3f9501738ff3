/** The rules that one would write without a past and without peers, to compare ours with: expression, `for` in seconds. */
export const NAIVE: Readonly<Record<string, readonly [expr: string, hold: number]>> = {
  PipeNodeTrafficDrop: [
    'instance:node_network_transmit_bytes:rate5m < 0.4 * avg_over_time(instance:node_network_transmit_bytes:rate5m[1d])',
    1200,
  ],
  PipeNodeTrafficSpike: [
    'instance:node_network_transmit_bytes:rate5m > 3 * avg_over_time(instance:node_network_transmit_bytes:rate5m[1d])',
    1200,
  ],
  PipeNodeHitRatioDrop: ['instance:pipe_node_cache_hits_per_requests:ratio_rate5m < 0.6', 1800],
  PipeNodeUnderperforming: [
    'instance:node_network_transmit_bytes:avg1d < on (job) group_left () (0.5 * avg by (job) (instance:node_network_transmit_bytes:avg1d))',
    21_600,
  ],
  PipeNodeFilesystemFillingUp: ['predict_linear(node_filesystem_avail_bytes[6h], 24 * 3600) < 0', 3600],
  PipeNodeCacheTooLarge: [
    'predict_linear(node_filesystem_avail_bytes{mountpoint="/opt/popcache"}[6h], 24 * 3600) < 0',
    1800,
  ],
  PipeNodeMemoryRunningOut: ['predict_linear(node_memory_MemAvailable_bytes[1h], 12 * 3600) < 0', 1800],
  PipeNodeUptimeAtRisk: ['instance:pipe_node_up:avg1d < 0.98', 900],
};
