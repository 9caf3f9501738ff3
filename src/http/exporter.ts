import type { Collector } from '../collectors/collector.js';
import type { Logger } from '../core/logger.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Module } from '../inventory/node.js';
import type { OwnMetrics } from '../metrics/own-metrics.js';
import type { LastSeen } from '../scrape/last-seen.js';
import type { Prober } from '../scrape/prober.js';
import type { Authenticator } from './guard/authenticator.js';
import type { Access } from './guard/guard.js';
import type { SharedAnswers } from './shared-answers.js';

/** What a request sees of the configuration. Taken once a request: a reload in between changes nothing for it. */
export interface Snapshot {
  readonly inventory: Inventory;
  readonly modules: ReadonlyMap<string, Module>;
  readonly externalAddress: string | undefined;
  readonly timeoutOffsetSeconds: number;
}

/** Everything that the routes need; the composition root makes it. */
export interface Exporter {
  readonly version: string;
  readonly collectors: readonly Collector[];
  readonly prober: Prober;
  readonly lastSeen: LastSeen;
  readonly metrics: OwnMetrics;
  readonly logger: Logger;
  readonly sharedAnswers: SharedAnswers;
  readonly authenticator: Authenticator;
  snapshot(): Snapshot;
  access(): Access;
  /** False once the exporter stops. */
  ready(): boolean;
  /** @throws {PipefleetError} when the new configuration is not valid; the old one stays */
  reload(): Promise<void>;
}
