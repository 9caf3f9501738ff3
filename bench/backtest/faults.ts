/** What is done to a simulated node, or to several, and which alert should notice; `undefined` is what must alarm nobody. */
export type FaultKind =
  | 'traffic_lost'
  | 'traffic_fifth'
  | 'traffic_decay'
  | 'traffic_spike'
  | 'hits_lost'
  | 'disk_leak'
  | 'disk_leak_slow'
  | 'cache_too_large'
  | 'memory_leak'
  | 'weak'
  | 'outages';

/** One fault of one node, in Unix seconds. */
export interface Fault {
  readonly kind: FaultKind;
  readonly node: string;
  readonly from: number;
  readonly until: number;
}

/** What befalls many nodes, or is common: none of it is a fault of a node. */
export type Event =
  | {
      readonly kind: 'lull';
      readonly region: string | undefined;
      readonly from: number;
      readonly until: number;
    }
  | { readonly kind: 'purge'; readonly at: number }
  | { readonly kind: 'download'; readonly node: string; readonly from: number; readonly until: number }
  | { readonly kind: 'restart'; readonly node: string; readonly at: number };

/** Which faults an alert is for. */
export const NOTICED_BY: Readonly<Record<string, readonly FaultKind[]>> = {
  PipeNodeTrafficDrop: ['traffic_lost', 'traffic_fifth', 'traffic_decay'],
  PipeNodeTrafficSpike: ['traffic_spike'],
  PipeNodeHitRatioDrop: ['hits_lost'],
  PipeNodeUnderperforming: ['weak'],
  PipeNodeFilesystemFillingUp: ['disk_leak', 'disk_leak_slow'],
  PipeNodeCacheTooLarge: ['cache_too_large'],
  PipeNodeMemoryRunningOut: ['memory_leak'],
  PipeNodeUptimeAtRisk: ['outages'],
};

/** Faults that have an end which an alert should come before: full, gone, lost. */
export const FORETOLD: readonly FaultKind[] = ['disk_leak', 'disk_leak_slow', 'memory_leak', 'outages'];
