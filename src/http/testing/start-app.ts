import type { Exec } from '../../core/exec.js';
import { createLogger } from '../../core/logger.js';
import { buildInventory } from '../../inventory/inventory.js';
import { COMPLETE_STATE } from '../../metrics/metrics-doc.js';
import { createOwnMetrics } from '../../metrics/own-metrics.js';
import { createLastSeen } from '../../scrape/last-seen.js';
import { Prober } from '../../scrape/prober.js';
import {
  answerOf,
  fakeExec,
  type FakeExec,
  numberCollector,
  ran,
  testModule,
  testNode,
  wordsCollector,
} from '../../scrape/testing/fakes.js';
import { createApp } from '../app.js';
import type { Snapshot } from '../exporter.js';
import { createAuthenticator } from '../guard/authenticator.js';
import { type Access, OPEN_ACCESS } from '../guard/guard.js';
import type { ComparePassword } from '../guard/passwords.js';
import { createSharedAnswers } from '../shared-answers.js';
import { type Listener, listen } from '../listen.js';

const COLLECTORS = [numberCollector, wordsCollector];

/** What is otherwise than for one node that answers. */
export interface AppOptions {
  readonly exec?: Exec;
  readonly concurrentProbes?: number;
  readonly snapshot?: Partial<Snapshot>;
  readonly reload?: () => Promise<void>;
  readonly ready?: () => boolean;
  readonly access?: Partial<Access>;
  readonly compare?: ComparePassword;
}

/** An application that listens, over a node that is made up. */
export interface StartedApp {
  readonly url: string;
  readonly listener: Listener;
  readonly exec: FakeExec;
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
}

const started: StartedApp[] = [];

/** Stops every application of a test. */
export async function closeApps(): Promise<void> {
  for (const { listener } of started.splice(0)) await listener.close(0);
}

/** Starts one, until {@link closeApps}. */
export async function startApp(options: AppOptions = {}): Promise<StartedApp> {
  const exec = options.exec ?? fakeExec((command) => ran(answerOf(command, { number: '7', words: 'a 1' })));
  const logger = createLogger('silent');
  const lastSeen = createLastSeen('node', () => true);
  const prober = new Prober({
    collectors: COLLECTORS,
    execFor: () => exec,
    limits: { concurrentProbes: options.concurrentProbes ?? 10, outputBytes: 1000 },
    logger,
    onOutcome: (outcome) => lastSeen.record(outcome),
  });
  const metrics = createOwnMetrics('1.2.3', () => ({
    ...COMPLETE_STATE,
    probesInFlight: prober.inFlight,
  }));
  const snapshot: Snapshot = {
    inventory: buildInventory({ nodes: [testNode], knownHosts: ['/known_hosts'] }),
    modules: new Map([['node', testModule]]),
    externalAddress: undefined,
    timeoutOffsetSeconds: 0.5,
    ...options.snapshot,
  };
  const app = createApp({
    version: '1.2.3',
    collectors: COLLECTORS,
    prober,
    lastSeen,
    metrics,
    logger,
    sharedAnswers: createSharedAnswers(),
    authenticator: createAuthenticator(options.compare ?? (() => Promise.reject(new Error('unexpected')))),
    snapshot: () => snapshot,
    access: () => ({ ...OPEN_ACCESS, ...options.access }),
    ready: options.ready ?? (() => true),
    reload: options.reload ?? (() => Promise.resolve()),
  });
  const listener = await listen(app, '127.0.0.1', 0);
  const { url } = listener;
  const startedApp = {
    url,
    listener,
    exec: exec as FakeExec,
    fetch: (path: string, init?: RequestInit) => fetch(url + path, init),
  };
  started.push(startedApp);
  return startedApp;
}
