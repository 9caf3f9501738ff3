import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nativeConfig, type ServicePorts } from './native-config.js';
import type { Service } from './supervisor.js';

export interface ServiceOptions {
  /** The checkout, absolute. */
  readonly checkout: string;
  /** Folder for everything that the services write, absolute. */
  readonly folder: string;
  readonly ports: ServicePorts;
  /** See {@link nativeConfig}. */
  readonly intervalSeconds?: number;
}

/** `http://127.0.0.1:PORT` */
export function loopbackUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/**
 * The exporter itself, for the nodes of a configuration.
 *
 * @param configPath absolute
 */
export function exporterService({ checkout, folder, ports }: ServiceOptions, configPath: string): Service {
  return {
    readyUrl: `${loopbackUrl(ports.pipefleet)}/-/ready`,
    spec: {
      name: 'pipefleet serve',
      program: process.execPath,
      args: [
        join(checkout, 'dist', 'bin', 'pipefleet.js'),
        ...['serve', '--config', configPath, '--listen', `127.0.0.1:${ports.pipefleet}`],
      ],
      folder: checkout,
      logPath: join(folder, 'pipefleet.log'),
    },
  };
}

/** Prometheus with the bundle's jobs, rules and alerts. It keeps two days, and half a gigabyte at the most. */
export async function prometheusService(program: string, options: ServiceOptions): Promise<Service> {
  const { ports } = options;
  const { config, data, logPath } = await prepare('prometheus', options);
  return {
    readyUrl: `${loopbackUrl(ports.prometheus)}/-/ready`,
    spec: {
      name: 'Prometheus',
      program,
      args: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${data}`,
        '--storage.tsdb.retention.time=2d',
        '--storage.tsdb.retention.size=512MB',
        `--web.listen-address=127.0.0.1:${ports.prometheus}`,
        `--web.external-url=${loopbackUrl(ports.prometheus)}`,
      ],
      folder: options.folder,
      logPath,
    },
  };
}

/** Alertmanager with the bundle's routes, alone, without a cluster. */
export async function alertmanagerService(program: string, options: ServiceOptions): Promise<Service> {
  const { ports } = options;
  const { config, data, logPath } = await prepare('alertmanager', options);
  return {
    readyUrl: `${loopbackUrl(ports.alertmanager)}/-/ready`,
    spec: {
      name: 'Alertmanager',
      program,
      args: [
        `--config.file=${config}`,
        `--storage.path=${data}`,
        '--cluster.listen-address=',
        `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
        `--web.external-url=${loopbackUrl(ports.alertmanager)}`,
      ],
      folder: options.folder,
      logPath,
    },
  };
}

/** Writes the bundle's configuration as this machine needs it, and makes the folder for the data. */
async function prepare(
  name: 'prometheus' | 'alertmanager',
  { checkout, folder, ports, intervalSeconds }: ServiceOptions,
): Promise<{ config: string; data: string; logPath: string }> {
  const bundle = join(checkout, name);
  const config = join(folder, `${name}.yml`);
  const data = join(folder, name);
  await mkdir(data, { recursive: true });
  const text = await readFile(join(bundle, `${name}.yml`), 'utf8');
  const native = nativeConfig(text, {
    ports,
    folder: bundle,
    ...(intervalSeconds !== undefined && { intervalSeconds }),
  });
  await writeFile(config, native);
  return { config, data, logPath: join(folder, `${name}.log`) };
}
