import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { parseDocument, YAMLSeq, YAMLMap } from 'yaml';
import { nativeConfig } from './native-config.js';
import type { ServiceOptions } from './services.js';
import type { Service } from './supervisor.js';

export interface Grafana {
  readonly program: string;
  /** Grafana's own folder, with `conf` and `public`. */
  readonly home: string;
}

/** For the person whose machine has none. */
export const HOW_TO_GET_GRAFANA =
  'Grafana is not on this machine: unpack its Linux archive from grafana.com, set GRAFANA_HOME to the folder, and start again to see the dashboards.';

const DEBIAN_HOME = '/usr/share/grafana';

/** The machine's own Grafana: in GRAFANA_HOME, on PATH, or where its package puts it. */
export async function findGrafana(environment: NodeJS.ProcessEnv): Promise<Grafana | undefined> {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    ...(environment['GRAFANA_HOME'] === undefined
      ? []
      : [join(environment['GRAFANA_HOME'], 'bin', 'grafana')]),
    ...folders.map((folder) => join(folder, 'grafana')),
    join(DEBIAN_HOME, 'bin', 'grafana'),
  ];
  for (const program of candidates) {
    if (!existsSync(program)) continue;
    const unpacked = dirname(dirname(await realpath(program)));
    const home = [unpacked, DEBIAN_HOME].find((folder) => existsSync(join(folder, 'conf', 'defaults.ini')));
    if (home !== undefined) return { program, home };
  }
  return undefined;
}

/**
 * Grafana with the bundle's data source and dashboards, readable without login from this machine alone. What it reads is
 * written below `folder`.
 *
 * @param port of 127.0.0.1 to listen on
 */
export async function grafanaService(
  grafana: Grafana,
  port: number,
  options: ServiceOptions,
): Promise<Service> {
  const { checkout, folder, ports, intervalSeconds } = options;
  const bundle = join(checkout, 'grafana');
  const data = join(folder, 'grafana');
  const provisioning = join(data, 'provisioning');
  for (const kind of ['datasources', 'dashboards']) {
    const source = join(bundle, 'provisioning', kind);
    await mkdir(join(provisioning, kind), { recursive: true });
    for (const name of await readdir(source)) {
      const text = await readFile(join(source, name), 'utf8');
      const native = nativeConfig(text, {
        ports,
        folder: source,
        ...(intervalSeconds !== undefined && { intervalSeconds }),
      });
      await writeFile(join(provisioning, kind, name), withDashboards(native, join(bundle, 'dashboards')));
    }
  }
  return {
    readyUrl: `http://127.0.0.1:${port}/api/health`,
    spec: {
      name: 'Grafana',
      program: grafana.program,
      args: ['server', '--homepath', grafana.home],
      folder: data,
      logPath: join(folder, 'grafana.log'),
      env: {
        GF_PATHS_DATA: join(data, 'data'),
        GF_PATHS_LOGS: join(data, 'logs'),
        GF_PATHS_PLUGINS: join(data, 'plugins'),
        GF_PATHS_PROVISIONING: provisioning,
        GF_LOG_MODE: 'console',
        GF_SERVER_HTTP_ADDR: '127.0.0.1',
        GF_SERVER_HTTP_PORT: String(port),
        GF_AUTH_ANONYMOUS_ENABLED: 'true',
        GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
        GF_ANALYTICS_REPORTING_ENABLED: 'false',
        GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
        GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
        GF_NEWS_NEWS_FEED_ENABLED: 'false',
      },
    },
  };
}

/** Points every file provider of dashboards at a folder of this machine. */
function withDashboards(text: string, folder: string): string {
  const document = parseDocument(text);
  const providers = document.get('providers');
  if (!(providers instanceof YAMLSeq)) return text;
  for (const provider of providers.items) {
    if (provider instanceof YAMLMap && provider.hasIn(['options', 'path'])) {
      provider.setIn(['options', 'path'], folder);
    }
  }
  return document.toString({ lineWidth: 0 });
}
