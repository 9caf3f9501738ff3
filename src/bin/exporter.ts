import { isDeepStrictEqual } from 'node:util';
import { COLLECTORS } from '../collectors/registry.js';
import { checkFiles } from '../config/check-files.js';
import type { Config } from '../config/config.js';
import { formatProblem } from '../config/diagnostics.js';
import { locateConfig } from '../config/load.js';
import { messageOf, PipefleetError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { readVersion } from '../core/version.js';
import { createApp } from '../http/app.js';
import type { Snapshot } from '../http/exporter.js';
import { isFigureSample } from '../http/landing/figures.js';
import { createAuthenticator } from '../http/guard/authenticator.js';
import { comparePasswords } from '../http/guard/passwords.js';
import { listen } from '../http/listen.js';
import { createSharedAnswers } from '../http/shared-answers.js';
import { isGuarded, OPEN_WEB_ACCESS, type WebAccess } from '../http/web-access.js';
import { buildInventory } from '../inventory/inventory.js';
import { createOwnMetrics, type OwnMetrics } from '../metrics/own-metrics.js';
import { createLastSeen } from '../scrape/last-seen.js';
import { Prober } from '../scrape/prober.js';
import { Pool } from '../ssh/pool.js';
import { gatesOf } from '../gate/gates-of.js';

/** How often the files of the web configuration are looked at. */
const WEB_CHECK_MS = 10_000;

export interface ExporterOptions {
  readonly configPath: string;
  /** Where to listen instead of where the configuration says. */
  readonly listen: Config['listen'] | undefined;
  /** Reads how the port is to be served, at the start and whenever that may have changed; plain HTTP for everybody when left out. */
  readonly openWeb?: () => Promise<WebAccess>;
  readonly logger: Logger;
}

export interface RunningExporter {
  readonly url: string;
  readonly nodes: number;
  /** Whether whoever asks has to say who they are: by a password, a token or a certificate. */
  readonly guarded: boolean;
  /** An error has come up of which nobody took care; it is counted. */
  recordUnhandled(): void;
  /** Takes over a changed configuration. @throws {PipefleetError} when it is not valid; the old one stays */
  reload(): Promise<void>;
  /** Lets running probes end within the configured bound, then closes everything. */
  stop(): Promise<void>;
}

/** The exporter's composition root: makes every part and hands each what it needs. Nothing of the command line is in reach. */
export async function startExporter({
  configPath,
  listen: where,
  openWeb = () => Promise.resolve(OPEN_WEB_ACCESS),
  logger,
}: ExporterOptions): Promise<RunningExporter> {
  let config = await load(configPath, logger);
  let web = await openWeb();
  let snapshot = snapshotOf(config);
  let gates = gatesOf(config);
  let stopping = false;
  /** Whether the last reload that was asked for took everything over. */
  let fileIsRead = true;

  const metrics: OwnMetrics = createOwnMetrics(readVersion(), () => ({
    nodes: snapshot.inventory.size,
    probesInFlight: prober.inFlight,
    connections: pool.states(),
    ssh: pool.health(),
  }));
  const lastSeen = createLastSeen('node', isFigureSample);
  const pool = new Pool({
    limits: config.limits,
    logger,
    observer: metrics.ssh,
  });
  const prober = new Prober({
    collectors: COLLECTORS,
    execFor: (node) => pool.execFor(node),
    gateDigest: (node) => gates(node).digest,
    limits: config.limits,
    logger,
    onJoined: () => metrics.recordJoined(),
    onOutcome: (outcome) => {
      metrics.recordProbe(outcome);
      // A scraper that left says nothing about the node, and a node that left is nobody's.
      const known = snapshot.inventory.get(outcome.node) !== undefined;
      if (known && outcome.reason !== 'cancelled') lastSeen.record(outcome);
    },
  });
  metrics.recordReload(true, config.modules.keys());
  // So that the series of every jump host are there before its first failure.
  pool.reconcile(snapshot.inventory.nodes, config.limits);

  async function reloadOnce(): Promise<void> {
    const before = config;
    try {
      const next = await load(configPath, logger);
      await reloadWeb();
      config = next;
      fileIsRead = true;
    } catch (error) {
      fileIsRead = false;
      metrics.recordReload(false);
      throw error;
    }
    snapshot = snapshotOf(config);
    gates = gatesOf(config);
    const { nodes } = snapshot.inventory;
    prober.setLimits(config.limits);
    pool.reconcile(nodes, config.limits);
    lastSeen.retain(new Set(nodes.map(({ name }) => name)));
    metrics.recordReload(true, config.modules.keys());
    if (where === undefined && !isDeepStrictEqual(before.listen, config.listen)) {
      logger.warn('listen has changed; restart to use it');
    }
    logger.info({ nodes: nodes.length }, 'configuration reloaded');
  }

  async function reloadWeb(): Promise<void> {
    const next = await openWeb();
    // A file that is being written anew is empty for a moment, and must not open the port.
    if (isGuarded(web) && !isGuarded(next)) {
      throw new PipefleetError(
        'config_invalid',
        'Nobody would have to say who they are any more by the web configuration; restart to use it.',
      );
    }
    listener.setTls(next.tls);
    web = next;
  }

  // One after the other, so that the last one asked for is the one that counts.
  let lastReload = Promise.resolve();
  const reload = (): Promise<void> => (lastReload = lastReload.catch(() => undefined).then(reloadOnce));

  // Certificates are renewed by programs that know nothing of this one.
  const watch = setInterval(() => {
    void web
      .isOutdated()
      .then(async (outdated) => {
        if (!outdated) return;
        await reloadWeb();
        metrics.recordReload(fileIsRead, config.modules.keys());
        logger.info('web configuration read again, as its files have changed');
      })
      .catch((error: unknown) => {
        metrics.recordReload(false);
        logger.error({ detail: messageOf(error) }, 'the old web configuration stays');
      });
  }, WEB_CHECK_MS).unref();

  const app = createApp({
    version: readVersion(),
    collectors: COLLECTORS,
    prober,
    lastSeen,
    metrics,
    logger,
    sharedAnswers: createSharedAnswers(),
    authenticator: createAuthenticator(comparePasswords()),
    snapshot: () => snapshot,
    access: () => web.access,
    ready: () => !stopping,
    reload,
  });
  const { host, port } = where ?? config.listen;
  const listener = await listen(app, host, port, {
    tls: web.tls,
    onConnectionClosed: () => metrics.recordConnectionClosed(),
  }).catch((error: unknown) => {
    clearInterval(watch);
    pool.close();
    throw error;
  });
  return {
    url: listener.url,
    nodes: snapshot.inventory.size,
    guarded: isGuarded(web),
    recordUnhandled: () => metrics.recordUnhandled(),
    reload,
    stop: async () => {
      stopping = true;
      clearInterval(watch);
      await listener.close(config.limits.shutdownSeconds);
      pool.close();
    },
  };
}

/** A file that a node needs and that is not right costs that node, not the fleet: it is said, and the exporter goes on. */
async function load(path: string, logger: Logger): Promise<Config> {
  const { config, positionOf } = await locateConfig(path, { collectors: COLLECTORS });
  const found = await checkFiles(config, { file: path, positionOf, environment: process.env });
  for (const problem of found)
    logger.warn({ problem: formatProblem(problem) }, 'the configuration names something unusable');
  return config;
}

function snapshotOf(config: Config): Snapshot {
  return {
    inventory: buildInventory(config),
    modules: config.modules,
    externalAddress: config.externalAddress,
    timeoutOffsetSeconds: config.limits.timeoutOffsetSeconds,
  };
}
