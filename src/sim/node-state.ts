import type { FaultKind } from './faults.js';

/** Everything that can be read on a simulated node at one moment. Counters are real numbers; a renderer rounds them down. */
export interface NodeState {
  /** The moment, in Unix seconds. */
  readonly seconds: number;
  /** The fault that the node suffers from, if any. */
  readonly fault: FaultKind | undefined;
  readonly bootSeconds: number;
  /** Seconds that one core spent in each mode since boot. */
  readonly cpu: readonly CpuSeconds[];
  /** Run queue, averaged over 1, 5 and 15 minutes. */
  readonly load: readonly [number, number, number];
  readonly running: number;
  readonly contextSwitches: number;
  readonly interrupts: number;
  readonly forks: number;
  readonly memory: MemoryState;
  readonly disk: DiskState;
  readonly network: NetworkState;
  readonly pressure: PressureState;
  readonly software: SoftwareState;
}

export interface CpuSeconds {
  readonly user: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly softirq: number;
  readonly steal: number;
  /** Of tasks that could have run; in no mode. */
  readonly waiting: number;
}

/** In bytes. */
export interface MemoryState {
  readonly total: number;
  readonly free: number;
  readonly available: number;
  readonly buffers: number;
  readonly cached: number;
}

export interface DiskState {
  readonly sizeBytes: number;
  readonly usedBytes: number;
  readonly inodes: number;
  readonly usedInodes: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly busySeconds: number;
}

export interface NetworkState {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** Requests of visitors since boot, each with a connection of its own. */
  readonly requests: number;
  /** TCP connections that are established now. */
  readonly connections: number;
}

/** Seconds since boot in which something waited for processors, disks or memory. */
export interface PressureState {
  readonly cpu: number;
  readonly io: number;
  readonly memory: number;
}

export interface SoftwareState {
  readonly unit: 'active' | 'failed' | 'auto-restart';
  /** When the process began; undefined while there is none. */
  readonly startSeconds: number | undefined;
  /** When the latest process began, whether it still runs or not. */
  readonly lastStartSeconds: number;
  /** When that process ended; undefined while it runs. */
  readonly endSeconds: number | undefined;
  /** How often systemd started it again since boot. */
  readonly restarts: number;
  readonly memoryBytes: number;
  /** Seconds of CPU time of the process. */
  readonly cpuSeconds: number;
  readonly registered: boolean;
  /** TLS port that it really bound. */
  readonly port: number;
  readonly memoryCacheBytes: number;
  readonly diskCacheBytes: number;
  /** Since the process began. */
  readonly hits: number;
  readonly misses: number;
  /** Since the last push to the control plane. */
  readonly window: WindowState;
}

export interface WindowState {
  readonly hits: number;
  readonly misses: number;
  readonly egressBytes: number;
}
