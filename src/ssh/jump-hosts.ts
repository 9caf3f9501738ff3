import pLimit, { type LimitFunction } from 'p-limit';
import { abortReason } from '../core/deadline.js';
import type { JumpHost, Node } from '../inventory/node.js';
import { JumpLost } from './channel-wire.js';
import type { Connection } from './connection.js';
import { dialAborted } from './dial-failures.js';
import { ForwardUnanswered } from './forward.js';
import { chainOf, type Hop, hopKey, lastHop } from './hop.js';
import { forwardFailure, jumpDown } from './jump-failures.js';
import { orTimeout } from './or-timeout.js';
import type { JumpHealth } from '../core/pool-observer.js';
import { raceAddresses } from './race.js';
import { type DialBounds, Slot, type SlotListener } from './slot.js';
import { asFailure, SshFailure } from './ssh-failure.js';
import type { Stage } from './stage.js';
import { takePlace } from './take-place.js';
import type { Way } from './way.js';
import type { Wire } from './wire.js';

export interface JumpHostsOptions {
  /** The way to what lies behind no jump host. */
  readonly direct: Way;
  /** Dials one jump host by the way that leads to it. */
  dial(hop: Hop, way: Way, stage: Stage): Promise<Connection>;
  bounds(): DialBounds;
  /** Told of the dials of a jump host. */
  listener(jump: JumpHost): SlotListener<Connection>;
}

/** What is held for one jump host, as the last of one chain. */
interface Entry {
  /** As the configuration has it now. */
  jump: JumpHost;
  readonly slot: Slot<Connection>;
  /** Places for connections that are being opened through it. */
  readonly places: LimitFunction;
  /** Half of them, for what did not answer last time: however much is dead behind it, the rest has the other half. */
  readonly suspects: LimitFunction;
}

/**
 * One verified connection a jump host, kept like that of a node, and the ways through them. A jump host that cannot be used fails
 * whatever lies behind it at once, with reason `jump`; it holds no place among the logins, and nothing else waits for it.
 */
export class JumpHosts {
  readonly #options: JumpHostsOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: JumpHostsOptions) {
    this.#options = options;
  }

  /** The way to whatever lies behind a chain of jump hosts; directly when there is none. */
  wayThrough(jump: readonly JumpHost[], knownHosts: readonly string[]): Way {
    const chain = chainOf(jump);
    if (chain.length === 0) return this.#options.direct;
    return { open: (hop, stage) => this.#open(chain, this.#entryOf(chain, knownHosts), hop, stage) };
  }

  /** Lets go of jump hosts that no node uses any more, and ends every wait. */
  reconcile(nodes: readonly Pick<Node, 'jump' | 'knownHosts'>[]): void {
    const wanted = new Set<Entry>();
    for (const { jump, knownHosts } of nodes) {
      const chain = chainOf(jump);
      for (let length = 1; length <= chain.length; length++) {
        wanted.add(this.#entryOf(chain.slice(0, length), knownHosts));
      }
    }
    for (const [key, entry] of this.#entries) {
      entry.slot.forgive();
      if (wanted.has(entry)) continue;
      this.#entries.delete(key);
      entry.slot.leave();
    }
  }

  /** Ends every dial, and dials no more. */
  close(): void {
    for (const { slot } of this.#entries.values()) slot.dial?.deadline.cancel();
    this.#entries.clear();
  }

  /** One for each name, in the order of the names. */
  health(): readonly JumpHealth[] {
    const byName = new Map<string, JumpHealth>();
    for (const { jump, slot, places, suspects } of this.#entries.values()) {
      const before = byName.get(jump.name);
      const up = slot.succeeded;
      byName.set(jump.name, {
        jump: jump.name,
        up: before?.up === false ? false : (up ?? before?.up),
        dialsInFlight: (before?.dialsInFlight ?? 0) + places.activeCount,
        dialsQueued: (before?.dialsQueued ?? 0) + places.pendingCount + suspects.pendingCount,
        dialsLimit: (before?.dialsLimit ?? 0) + places.concurrency,
        connections: (before?.connections ?? 0) + (slot.connection?.forwards ?? 0),
      });
    }
    return [...byName.values()].sort((a, b) => (a.jump < b.jump ? -1 : 1));
  }

  async #open(chain: readonly JumpHost[], entry: Entry, hop: Hop, stage: Stage): Promise<Wire> {
    const kept = entry.slot.usable();
    const connection = kept ?? (await this.#connect(chain, entry, hop, stage));
    try {
      return await openThrough(connection, entry, hop, stage);
    } catch (error) {
      // A kept connection that had died unnoticed is replaced once, as that of a node is.
      const died = error instanceof SshFailure && error.cause instanceof JumpLost;
      if (kept === undefined || !died || stage.signal.aborted) throw error;
      return openThrough(await this.#connect(chain, entry, hop, stage), entry, hop, stage);
    }
  }

  /** The connection that is there by now, else what becomes of a dial. */
  async #connect(
    chain: readonly JumpHost[],
    { jump, slot }: Entry,
    { knownHosts }: Hop,
    stage: Stage,
  ): Promise<Connection> {
    const { backoff } = slot;
    const kept = slot.usable();
    if (kept !== undefined) return kept;
    if (slot.dial === undefined && backoff !== undefined)
      throw jumpDown(jump, backoff.failure, backoff.until);
    if (jump.credential.backend !== 'ssh2') {
      throw new SshFailure(
        'jump',
        `The jump host ${jump.name} logs in by the backend ${jump.credential.backend}, which carries no connection of the backend ssh2; choose the same backend for both credentials.`,
      );
    }
    stage.clock.enter('connect', jump.name);
    const hop = lastHop(chain, knownHosts);
    const { promise } = slot.join(this.#options.bounds(), (own) =>
      this.#options.dial(hop, this.wayThrough(hop.jump, knownHosts), own),
    );
    try {
      return await orTimeout(promise, stage);
    } catch (error) {
      // This wait has ended, which says nothing of the dial.
      if (stage.signal.aborted) throw dialAborted(stage.clock, stage.signal);
      throw jumpDown(jump, asFailure(error), slot.backoff?.until);
    }
  }

  #entryOf(chain: readonly JumpHost[], knownHosts: readonly string[]): Entry {
    const hop = lastHop(chain, knownHosts);
    const jump = chain.at(-1) as JumpHost;
    const key = hopKey(hop);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = {
        jump,
        slot: new Slot(this.#options.listener(jump)),
        places: pLimit(jump.concurrentDials),
        suspects: pLimit(halfOf(jump.concurrentDials)),
      };
      this.#entries.set(key, entry);
    }
    entry.jump = jump;
    entry.places.concurrency = jump.concurrentDials;
    entry.suspects.concurrency = halfOf(jump.concurrentDials);
    return entry;
  }
}

function halfOf(places: number): number {
  return Math.max(1, Math.floor(places / 2));
}

/** Opens a wire to a hop when there is a place for it. */
async function openThrough(
  connection: Connection,
  { jump, places, suspects }: Entry,
  hop: Hop,
  stage: Stage,
): Promise<Wire> {
  stage.clock.enter('queue', jump.name);
  const suspect = stage.lastReason === 'connect_timeout' || stage.lastReason === 'queue_timeout';
  const lanes = suspect ? [suspects, places] : [places];
  const releases: (() => void)[] = [];
  try {
    for (const lane of lanes) releases.push(await takePlace(lane, stage));
    stage.clock.enter('connect');
    // The jump host resolves names, of which it tries every address.
    const addresses = hop.addresses.length > 0 ? hop.addresses : [hop.host];
    return await raceAddresses(
      hop,
      addresses,
      (address, signal) => openOne(connection, jump, hop, address, { ...stage, signal }),
      stage,
    );
  } finally {
    for (const release of releases) release();
  }
}

async function openOne(
  connection: Connection,
  jump: JumpHost,
  hop: Hop,
  address: string,
  { clock, signal }: Stage,
): Promise<Wire> {
  try {
    return await connection.forward({ jump: jump.name, host: address, port: hop.port }, signal);
  } catch (error) {
    if (error instanceof ForwardUnanswered) {
      if (abortReason(signal) === 'cancelled') throw dialAborted(clock, signal);
      // A peer that hangs is no peer to keep: the next dial starts afresh. What runs through it may still be alive.
      if (error.jumpIsSilent) connection.retire('it did not answer', 'deadline');
    }
    throw forwardFailure(jump, hop, address, error);
  }
}
