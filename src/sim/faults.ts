/** What can befall a simulated node. Each is one of the things that pipefleet is there to notice. */
export type FaultKind =
  /** The host is off the network: connections are refused, traffic stops. */
  | 'unreachable'
  /** As `unreachable`; then the host comes back freshly booted. */
  | 'reboot'
  /** The SSH server refuses the key. */
  | 'auth_refused'
  /** The SSH server shows another host key. */
  | 'host_key_changed'
  /** Commands start and never end. */
  | 'hang'
  /** The node software's unit has failed and nothing answers its ports. */
  | 'software_stopped'
  /** The node software dies and is started again, over and over. */
  | 'restart_loop'
  /** The node software lost its registration. */
  | 'unregistered'
  /** Port 443 was taken at start, and the node software moved to 444 without a word. */
  | 'port_drift'
  | 'disk_full'
  | 'high_load';

/** One fault, in Unix seconds. */
export interface Fault {
  readonly kind: FaultKind;
  readonly from: number;
  readonly until: number;
}

/**
 * When which fault befalls one node: a pure function of time. Every node of a fleet has one fault a cycle, and the nodes
 * take turns, so that something is always going on somewhere and most of the fleet is always well.
 */
export interface FaultSchedule {
  /** The fault of a moment, if there is one. */
  at(seconds: number): Fault | undefined;
  /** Every fault of that kind that overlaps the span, oldest first, cut to the span. */
  during(kinds: readonly FaultKind[], from: number, to: number): Fault[];
  /** The last fault of that kind that was over by then, if it is at most one rotation ago. */
  lastBefore(kind: FaultKind, seconds: number): Fault | undefined;
}

/** A node that nothing ever befalls. */
export const NO_FAULTS: FaultSchedule = {
  at: () => undefined,
  during: () => [],
  lastBefore: () => undefined,
};

/** Seconds from one node's fault to the next node's. Shorter than any fault, so that there is always one. */
const TURN_SECONDS = 180;
const SHORTEST_CYCLE = 2_160;
const LONGEST_CYCLE = 7_200;

/** How long each kind lasts, in seconds: long enough for its alert, which waits longer for what is less urgent. */
const DURATION: Readonly<Record<FaultKind, number>> = {
  unreachable: 240,
  reboot: 200,
  auth_refused: 240,
  host_key_changed: 240,
  hang: 240,
  software_stopped: 420,
  restart_loop: 240,
  unregistered: 1_140,
  port_drift: 600,
  disk_full: 1_440,
  high_load: 1_500,
};

/**
 * The order in which one node goes through the kinds. Its length is prime: whatever the size of the fleet, every node
 * meets every kind. Loud, long and rare things stand in it less often.
 */
const ROTATION: readonly FaultKind[] = (
  [
    ['unreachable', 'high_load', 'software_stopped', 'restart_loop', 'hang', 'unreachable', 'port_drift'],
    [
      'software_stopped',
      'unreachable',
      'disk_full',
      'restart_loop',
      'auth_refused',
      'software_stopped',
      'hang',
    ],
    ['unreachable', 'unregistered', 'restart_loop', 'port_drift', 'unreachable', 'reboot', 'hang'],
    [
      'software_stopped',
      'high_load',
      'restart_loop',
      'unreachable',
      'auth_refused',
      'software_stopped',
      'hang',
    ],
    ['host_key_changed', 'restart_loop', 'disk_full', 'unreachable', 'port_drift', 'software_stopped'],
    ['restart_loop', 'unreachable', 'high_load', 'hang', 'restart_loop', 'unregistered', 'auth_refused'],
    ['software_stopped', 'restart_loop', 'disk_full', 'unreachable', 'port_drift', 'hang'],
  ] as const satisfies readonly (readonly FaultKind[])[]
).flat();

/** How far neighbours stand apart in the rotation, so that the faults of one hour are of many kinds. */
const NEIGHBOUR_STEP = 11;

/**
 * The faults of one node of a fleet.
 *
 * @param position place of the node in the fleet, from 0
 * @param fleetSize number of nodes that take turns
 * @param seed another seed starts the rotation elsewhere
 */
export function takeTurns(position: number, fleetSize: number, seed: number): FaultSchedule {
  const cycle = Math.min(LONGEST_CYCLE, Math.max(SHORTEST_CYCLE, fleetSize * TURN_SECONDS));
  const offset = (position * cycle) / fleetSize;

  const turnOf = (seconds: number): number => Math.floor((seconds - offset) / cycle);
  const fault = (turn: number): Fault => {
    const place = (seed + position * NEIGHBOUR_STEP + turn) % ROTATION.length;
    const kind = ROTATION.at(place) ?? 'high_load';
    const from = offset + turn * cycle;
    return { kind, from, until: from + DURATION[kind] };
  };

  return {
    at(seconds) {
      const current = fault(turnOf(seconds));
      return seconds < current.until ? current : undefined;
    },
    during(kinds, from, to) {
      const found: Fault[] = [];
      for (let turn = turnOf(from); turn <= turnOf(to); turn++) {
        const { kind, from: begin, until } = fault(turn);
        if (!kinds.includes(kind) || until <= from || begin >= to) continue;
        found.push({ kind, from: Math.max(begin, from), until: Math.min(until, to) });
      }
      return found;
    },
    lastBefore(kind, seconds) {
      const latest = turnOf(seconds);
      // One turn more than the rotation: the current fault may be of that kind and not be over.
      for (let turn = latest; turn >= latest - ROTATION.length; turn--) {
        const candidate = fault(turn);
        if (candidate.kind === kind && candidate.until <= seconds) return candidate;
      }
      return undefined;
    },
  };
}
