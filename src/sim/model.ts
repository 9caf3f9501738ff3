import type { FaultKind, FaultSchedule } from './faults.js';
import type { CpuSeconds, DiskState, MemoryState, NodeState, SoftwareState } from './node-state.js';
import type { NodeProfile } from './profile.js';
import { type Wave, amountBetween, averageBefore } from './wave.js';

/** A node in motion. */
export interface NodeModel {
  readonly profile: NodeProfile;
  readonly faults: FaultSchedule;
  /** The node at a moment: a pure function, whatever was asked before. */
  stateAt(seconds: number): NodeState;
}

/** Faults during which no request reaches the node. */
const WITHOUT_TRAFFIC: readonly FaultKind[] = ['unreachable', 'reboot', 'software_stopped', 'unregistered'];
/** Faults that begin and end with a fresh start of the node software. */
const BETWEEN_STARTS: readonly FaultKind[] = [
  'software_stopped',
  'restart_loop',
  'port_drift',
  'unregistered',
];

const DAY = 86_400;
/** A node that no reboot ever befalls is booted again after so many days, as its provider's maintenance would. */
const MAINTENANCE_DAYS = 40;
/** Seconds from boot to the start of the node software. */
const BOOT_SECONDS = 25;
/** In a restart loop: seconds from one death to the next, and seconds that systemd waits before it starts again. */
const LOOP_SECONDS = 30;
const RESTART_SECONDS = 8;
/** Under `high_load`: share of the cores that is busy on top, and waiting processes a core. */
const OVERLOAD_BUSY = 0.5;
const OVERLOAD_QUEUE = 4;
/** Under `disk_full`: share of the disk that is used, and seconds until it is. */
const FULL_SHARE = 0.965;
const FULL_AFTER_SECONDS = 60;
const REQUEST_BYTES = 900;
/** Share of the usual busy time that the node software takes. */
const SOFTWARE_SHARE = 0.7;
/** Seconds over which requests are counted for the connections of a moment. */
const RATE_SECONDS = 10;
/** Seconds for which a connection stays open, and connections that have nothing to do with visitors. */
const CONNECTION_SECONDS = 6;
const OTHER_CONNECTIONS = 9;
/** Share of the usual busy time in which some other task waits. */
const WAITING_SHARE = 0.06;
/** Share of a disk's busy time in which a task waits for it. */
const DISK_WAITING_SHARE = 0.4;
const BLOCK = 4_096;

/** How the busy time of a core divides into modes. */
const MODES = { user: 0.58, system: 0.22, iowait: 0.09, softirq: 0.1, steal: 0.01 } as const;

/** Puts a machine and its faults together. */
export function createModel(profile: NodeProfile, faults: FaultSchedule): NodeModel {
  /** What a wave added up to while requests reached the node. Stretch by stretch, so that a gap leaves it exactly as it was. */
  const served = (wave: Wave, from: number, to: number): number => {
    let amount = 0;
    let start = from;
    for (const gap of faults.during(WITHOUT_TRAFFIC, from, to)) {
      amount += amountBetween(wave, start, gap.from);
      start = gap.until;
    }
    return amount + amountBetween(wave, start, to);
  };

  const overloadedSeconds = (from: number, to: number): number => {
    let seconds = 0;
    for (const fault of faults.during(['high_load'], from, to)) seconds += fault.until - fault.from;
    return seconds;
  };

  const bootBefore = (seconds: number): number => {
    const reboot = faults.lastBefore('reboot', seconds);
    if (reboot !== undefined) return reboot.until;
    const period = MAINTENANCE_DAYS * DAY;
    return (Math.floor(seconds / period - profile.phase) + profile.phase) * period;
  };

  const softwareAt = (seconds: number, boot: number, fault: FaultKind | undefined): SoftwareState => {
    let restarts = 0;
    for (const loop of faults.during(['restart_loop'], boot, seconds)) {
      restarts += Math.ceil((loop.until - loop.from) / LOOP_SECONDS);
    }
    const process = processAt(faults, seconds, boot);
    const start = process.startSeconds ?? seconds;
    // The faults that end a process find one that runs.
    const before =
      process.endSeconds === undefined ? process : processAt(faults, process.endSeconds - 1, boot);
    const pushes = Math.floor((seconds - start) / profile.windowSeconds);
    const windowStart = start + pushes * profile.windowSeconds;
    const hits = served(profile.hits, windowStart, seconds);
    const misses = served(profile.misses, windowStart, seconds);
    const warmth = 1 - Math.exp((start - seconds) / 5_400);
    const memoryCacheBytes = profile.memoryCacheMegabytes * 2 ** 20 * 0.94 * warmth;
    return {
      ...process,
      lastStartSeconds: before.startSeconds ?? boot + BOOT_SECONDS,
      restarts,
      memoryBytes: process.startSeconds === undefined ? 0 : 160 * 2 ** 20 + memoryCacheBytes,
      cpuSeconds: amountBetween(profile.busy, start, seconds) * profile.cores * SOFTWARE_SHARE,
      registered: fault !== 'unregistered',
      port: fault === 'port_drift' ? 444 : 443,
      memoryCacheBytes,
      diskCacheBytes: diskCacheBytes(profile, seconds),
      hits: served(profile.hits, start, seconds),
      misses: served(profile.misses, start, seconds),
      window: { hits, misses, egressBytes: (hits + misses) * profile.objectBytes },
    };
  };

  return {
    profile,
    faults,
    stateAt(seconds) {
      const current = faults.at(seconds);
      const fault = current?.kind;
      const boot = bootBefore(seconds);
      const uptime = seconds - boot;
      const hits = served(profile.hits, boot, seconds);
      const misses = served(profile.misses, boot, seconds);
      const overloaded = overloadedSeconds(boot, seconds);
      const busy = amountBetween(profile.busy, boot, seconds) + overloaded * OVERLOAD_BUSY;
      const load = (span: number): number =>
        profile.cores *
        (averageBefore(profile.busy, seconds, span) +
          (overloadedSeconds(seconds - span, seconds) / span) * OVERLOAD_QUEUE);
      const software = softwareAt(seconds, boot, fault);
      const since = seconds - RATE_SECONDS;
      const recent = served(profile.hits, since, seconds) + served(profile.misses, since, seconds);
      const busySeconds = hits * 0.0011 + misses * 0.0042;
      return {
        seconds,
        fault,
        bootSeconds: boot,
        cpu: coresOf(profile.cores, busy, uptime, overloaded),
        load: [load(60), load(300), load(900)],
        running: 1 + Math.round(load(5)),
        contextSwitches: (hits + misses) * 38 + uptime * 900,
        interrupts: (hits + misses) * 24 + uptime * 600,
        forks: 1_500 + uptime * 0.4,
        memory: memoryOf(profile, software.memoryBytes, software.diskCacheBytes),
        disk: {
          ...spaceOf(profile, seconds, software.diskCacheBytes, current),
          readBytes: hits * profile.objectBytes * 0.35,
          writtenBytes: misses * profile.objectBytes + uptime * 6_000,
          busySeconds,
        },
        network: {
          receivedBytes: (hits + misses) * REQUEST_BYTES + misses * profile.objectBytes + uptime * 400,
          sentBytes: (hits + misses) * profile.objectBytes + uptime * 500,
          requests: hits + misses,
          connections: OTHER_CONNECTIONS + Math.round((recent / RATE_SECONDS) * CONNECTION_SECONDS),
        },
        pressure: {
          cpu: busy * WAITING_SHARE + overloaded * 0.9,
          io: busySeconds * DISK_WAITING_SHARE,
          memory: busy * 0.000_2,
        },
        software,
      };
    },
  };
}

function processAt(
  faults: FaultSchedule,
  seconds: number,
  boot: number,
): Pick<SoftwareState, 'unit' | 'startSeconds' | 'endSeconds'> {
  const current = faults.at(seconds);
  if (current?.kind === 'software_stopped') {
    return { unit: 'failed', startSeconds: undefined, endSeconds: current.from };
  }
  if (current?.kind === 'restart_loop') {
    const death = current.from + Math.floor((seconds - current.from) / LOOP_SECONDS) * LOOP_SECONDS;
    const startSeconds = death + RESTART_SECONDS;
    return seconds < startSeconds
      ? { unit: 'auto-restart', startSeconds: undefined, endSeconds: death }
      : { unit: 'active', startSeconds, endSeconds: undefined };
  }
  let start = boot + BOOT_SECONDS;
  for (const kind of BETWEEN_STARTS) {
    start = Math.max(start, faults.lastBefore(kind, seconds)?.until ?? start);
    if (current?.kind === kind) start = Math.max(start, current.from);
  }
  return { unit: 'active', startSeconds: Math.min(start, seconds), endSeconds: undefined };
}

/** The cores share the work unevenly, as they do; no core is ever wholly idle or wholly busy. */
function coresOf(
  cores: number,
  busyShareSeconds: number,
  uptime: number,
  overloadedSeconds: number,
): CpuSeconds[] {
  return Array.from({ length: cores }, (_, core) => {
    const tilt = cores === 1 ? 0 : 0.2 * (1 - (2 * core) / (cores - 1));
    const busy = busyShareSeconds * (1 + tilt);
    return {
      user: busy * MODES.user,
      system: busy * MODES.system,
      iowait: busy * MODES.iowait,
      softirq: busy * MODES.softirq,
      steal: busy * MODES.steal,
      idle: Math.max(0, uptime - busy),
      waiting: busy * WAITING_SHARE + overloadedSeconds * OVERLOAD_QUEUE,
    };
  });
}

function memoryOf(profile: NodeProfile, softwareBytes: number, diskCacheBytes: number): MemoryState {
  const total = profile.memoryBytes;
  const taken = total * 0.12 + softwareBytes;
  const cached = Math.min(total * 0.92 - taken, diskCacheBytes) * 0.9;
  const buffers = total * 0.015;
  return {
    total,
    free: total - taken - cached - buffers,
    available: total - taken - total * 0.02,
    buffers,
    cached,
  };
}

/** The cache fills up over days, and then old objects are purged. */
function diskCacheBytes(profile: NodeProfile, seconds: number): number {
  const filled = (seconds / profile.fillSeconds + profile.phase) % 1;
  return profile.diskCacheGigabytes * 2 ** 30 * (0.38 + 0.5 * filled);
}

function spaceOf(
  profile: NodeProfile,
  seconds: number,
  cacheBytes: number,
  fault: { readonly kind: FaultKind; readonly from: number } | undefined,
): Pick<DiskState, 'sizeBytes' | 'usedBytes' | 'inodes' | 'usedInodes'> {
  const sizeBytes = Math.floor((profile.diskBytes * 0.984) / BLOCK) * BLOCK;
  const usual = profile.systemBytes + cacheBytes;
  const excess = fault?.kind === 'disk_full' ? Math.min(1, (seconds - fault.from) / FULL_AFTER_SECONDS) : 0;
  const usedBytes = usual + excess * (sizeBytes * FULL_SHARE - usual);
  return {
    sizeBytes,
    usedBytes,
    inodes: Math.floor(profile.diskBytes / 16_384),
    usedInodes: Math.floor(240_000 + (2 * cacheBytes) / profile.objectBytes),
  };
}
