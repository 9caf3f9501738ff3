import { join } from 'node:path';
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
import type { Supervisor } from './supervisor.js';
import { findTool } from './tools.js';

/** Ports of 127.0.0.1 that are taken when they are free. */
const WISHED_PORTS = { pipefleet: 10_950, prometheus: 9090, alertmanager: 9093, grafana: 3000 } as const;

const WITHOUT_PAGES =
  "These are Debian's builds of Prometheus and Alertmanager: they answer queries, but have no pages to look at. Put other builds on PATH to have those too.";

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

/**
 * Starts the exporter with Prometheus, Alertmanager and, where there is one, Grafana, all on loopback addresses and with
 * the bundle's configuration, and says where each is.
 *
 * @returns the addresses of the exporter and of Prometheus
 * @throws {PipefleetError} when a program cannot be had or does not start
 */
export async function startStack(
  options: StackOptions,
  supervisor: Supervisor,
  say: Say,
): Promise<{ readonly exporter: string; readonly prometheus: string }> {
  const { checkout, folder, configPath, intervalSeconds } = options;
  const prometheus = await findTool('prometheus', say);
  const alertmanager = await findTool('alertmanager', say);
  const grafana = await findGrafana(process.env);

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

  await supervisor.start(exporterService(settings, configPath));
  say(`Exporter      ${loopbackUrl(ports.pipefleet)}`);
  await supervisor.start(await alertmanagerService(alertmanager, settings));
  say(`Alertmanager  ${loopbackUrl(ports.alertmanager)}`);
  await supervisor.start(await prometheusService(prometheus, settings));
  say(`Prometheus    ${loopbackUrl(ports.prometheus)}`);
  if (prometheus.startsWith(join(checkout, '.cache'))) say(WITHOUT_PAGES);
  if (grafana === undefined) {
    say(HOW_TO_GET_GRAFANA);
  } else {
    const port = await broker.take(WISHED_PORTS.grafana, 'Grafana');
    await supervisor.start(await grafanaService(grafana, port, settings));
    say(`Grafana       ${loopbackUrl(port)}`);
  }
  return { exporter: loopbackUrl(ports.pipefleet), prometheus: loopbackUrl(ports.prometheus) };
}
