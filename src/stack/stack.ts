import { join } from 'node:path';
import { messageOf, PipefleetError } from '../core/errors.js';
import { findGrafana, grafanaService, HOW_TO_GET_GRAFANA } from './grafana.js';
import { createPortBroker } from './ports.js';
import type { Say } from './say.js';
import {
  alertmanagerService,
  exporterService,
  loopbackUrl,
  prometheusService,
  type ServiceOptions,
} from './services.js';
import { startStandInScraper } from './stand-in-scraper.js';
import type { Supervisor } from './supervisor.js';
import { findTool, type ToolName } from './tools.js';

/** Ports of 127.0.0.1 that are taken when they are free. */
const WISHED_PORTS = { pipefleet: 10_950, prometheus: 9090, alertmanager: 9093, grafana: 3000 } as const;

const WITHOUT_PAGES =
  "These are Debian's builds of Prometheus and Alertmanager: they answer queries, but have no pages to look at. Put other builds on PATH to have those too.";

/** For the person whose machine has none, and cannot unpack Debian's. */
const HOW_TO_GET_PROMETHEUS =
  'Without Prometheus nothing is kept and nothing alerts; the page shows the nodes as they are. To have the rest, unpack the Linux archives of Prometheus 3 and Alertmanager from prometheus.io/download, put both folders on PATH, and start again.';
const HOW_TO_GET_ALERTMANAGER =
  'Without Alertmanager alerts are seen in Prometheus alone: unpack its Linux archive from prometheus.io/download, put the folder on PATH, and start again.';

/** How often nodes are asked when there is no Prometheus to do it, in seconds, unless another interval is wished for. */
const STAND_IN_SECONDS = 30;

export interface StackOptions {
  /** The checkout, absolute. */
  readonly checkout: string;
  /** Folder for everything that is written, absolute. */
  readonly folder: string;
  /** The nodes: absolute path of a pipefleet.yml. */
  readonly configPath: string;
  /** Scrape at least so often, in seconds; undefined keeps the bundle's intervals. */
  readonly intervalSeconds: number | undefined;
}

/** What runs: addresses without a slash at their end. */
export interface Stack {
  readonly exporter: string;
  /** Undefined when the machine has no Prometheus. */
  readonly prometheus: string | undefined;
  /** Ends what is no program of its own; the supervisor ends the others. */
  stop(): void;
}

/**
 * Starts the exporter with Prometheus, Alertmanager and, where there is one, Grafana, all on loopback addresses and with
 * the bundle's configuration, and says where each is. The exporter is there first; of the others those that can be had.
 *
 * @throws {PipefleetError} when a program does not start
 */
export async function startStack(options: StackOptions, supervisor: Supervisor, say: Say): Promise<Stack> {
  const { checkout, folder, configPath, intervalSeconds } = options;
  const broker = createPortBroker(say);
  const ports = {
    pipefleet: await broker.take(WISHED_PORTS.pipefleet, 'the exporter'),
    prometheus: await broker.take(WISHED_PORTS.prometheus, 'Prometheus'),
    alertmanager: await broker.take(WISHED_PORTS.alertmanager, 'Alertmanager'),
  };
  const settings: ServiceOptions = {
    checkout,
    folder,
    ports,
    ...(intervalSeconds !== undefined && { intervalSeconds }),
  };
  const exporter = loopbackUrl(ports.pipefleet);

  await supervisor.start(exporterService(settings, configPath));
  say(`Exporter      ${exporter}`);
  const prometheus = await find('prometheus', say);
  if (prometheus === undefined) {
    say(HOW_TO_GET_PROMETHEUS);
    const stop = startStandInScraper(exporter, intervalSeconds ?? STAND_IN_SECONDS);
    return { exporter, prometheus, stop };
  }
  const alertmanager = await find('alertmanager', say);
  if (alertmanager === undefined) {
    say(HOW_TO_GET_ALERTMANAGER);
  } else {
    await supervisor.start(await alertmanagerService(alertmanager, settings));
    say(`Alertmanager  ${loopbackUrl(ports.alertmanager)}`);
  }
  await supervisor.start(await prometheusService(prometheus, settings));
  say(`Prometheus    ${loopbackUrl(ports.prometheus)}`);
  if (prometheus.startsWith(join(checkout, '.cache'))) say(WITHOUT_PAGES);
  const grafana = await findGrafana(process.env);
  if (grafana === undefined) {
    say(HOW_TO_GET_GRAFANA);
  } else {
    const port = await broker.take(WISHED_PORTS.grafana, 'Grafana');
    await supervisor.start(await grafanaService(grafana, port, settings));
    say(`Grafana       ${loopbackUrl(port)}`);
  }
  return { exporter, prometheus: loopbackUrl(ports.prometheus), stop: () => undefined };
}

/** Says why when there is none. */
async function find(tool: ToolName, say: Say): Promise<string | undefined> {
  try {
    return await findTool(tool, say);
  } catch (error) {
    if (!(error instanceof PipefleetError)) throw error;
    say(messageOf(error));
    return undefined;
  }
}
