import { scheduleOf } from '../../config/modules.js';
import type { BundleSettings, ExporterAccess } from '../settings.js';

/** What is shown to the exporter, for the list of nodes as for each of them. */
export interface Credentials {
  readonly tls_config?: {
    readonly ca_file?: string;
    readonly cert_file?: string;
    readonly key_file?: string;
  };
  readonly basic_auth?: { readonly username: string; readonly password_file: string };
  readonly authorization?: { readonly credentials_file: string };
}

/** A scrape job as Prometheus reads it: nodes are listed by the exporter, the exporter itself is named. */
export interface ScrapeJob extends Credentials {
  readonly job_name: string;
  readonly scheme?: 'https';
  readonly scrape_interval?: string;
  readonly scrape_timeout?: string;
  readonly http_sd_configs?: readonly (Credentials & {
    readonly url: string;
    readonly refresh_interval: string;
  })[];
  readonly static_configs?: readonly { readonly targets: readonly string[] }[];
  readonly sample_limit: number;
  readonly label_limit?: number;
  readonly label_name_length_limit?: number;
  readonly label_value_length_limit?: number;
  readonly body_size_limit?: string;
}

/** A node chooses what it prints: a scrape past these is refused whole. A large node has about 2,000 series. */
const LIMITS = {
  sample_limit: 20_000,
  label_limit: 32,
  label_name_length_limit: 64,
  label_value_length_limit: 512,
  body_size_limit: '8MB',
} as const;

/** The exporter takes its deadline from the timeout, less an offset: so it leaves time before the next scrape. */
const LONGEST_TIMEOUT_SECONDS = 25;

const UNKNOWN_TO_VMAGENT = ['label_name_length_limit', 'label_value_length_limit', 'body_size_limit'];

/** The jobs of the three modules, and that of the exporter itself. */
export function scrapeJobs(settings: BundleSettings): ScrapeJob[] {
  const { jobs, exporterAddress, exporterAccess, scrapeIntervalSeconds: interval } = settings;
  const timeout = Math.min(LONGEST_TIMEOUT_SECONDS, Math.ceil(interval * 0.8));
  return [
    moduleJob(jobs.node, 'node', settings, interval, timeout),
    slowJob(jobs.inventory, 'inventory', settings),
    slowJob(jobs.audit, 'audit', settings),
    {
      job_name: jobs.exporter,
      ...schemeOf(exporterAccess),
      ...credentialsOf(exporterAccess),
      static_configs: [{ targets: [exporterAddress] }],
      sample_limit: 5000,
    },
  ];
}

function schemeOf({ tls }: ExporterAccess): Pick<ScrapeJob, 'scheme'> {
  return tls ? { scheme: 'https' } : {};
}

function credentialsOf(access: ExporterAccess): Credentials {
  const { caFile, certFile, keyFile, username, passwordFile, tokenFile } = access;
  const tls = {
    ...(caFile !== undefined && { ca_file: caFile }),
    ...(certFile !== undefined && { cert_file: certFile }),
    ...(keyFile !== undefined && { key_file: keyFile }),
  };
  return {
    ...(Object.keys(tls).length > 0 && { tls_config: tls }),
    ...(username !== undefined &&
      passwordFile !== undefined && { basic_auth: { username, password_file: passwordFile } }),
    ...(tokenFile !== undefined && { authorization: { credentials_file: tokenFile } }),
  };
}

function slowJob(name: string, module: 'inventory' | 'audit', settings: BundleSettings): ScrapeJob {
  const { intervalSeconds = NaN, timeoutSeconds } = scheduleOf(module);
  return moduleJob(name, module, settings, intervalSeconds, timeoutSeconds);
}

function moduleJob(
  name: string,
  module: string,
  { exporterAddress, exporterAccess }: BundleSettings,
  interval: number,
  timeout: number,
): ScrapeJob {
  return {
    job_name: name,
    scrape_interval: `${interval}s`,
    scrape_timeout: `${timeout}s`,
    ...schemeOf(exporterAccess),
    ...credentialsOf(exporterAccess),
    http_sd_configs: [
      {
        url: `${exporterAccess.tls ? 'https' : 'http'}://${exporterAddress}/sd?module=${module}`,
        refresh_interval: '30s',
        ...credentialsOf(exporterAccess),
      },
    ],
    ...LIMITS,
  };
}

/** The same as vmagent reads it: it takes no key that it does not know, and bounds the size of a scrape by a flag. */
export function vmagentJobs(jobs: readonly ScrapeJob[]): unknown[] {
  return jobs.map(({ http_sd_configs: lists, ...job }) => ({
    ...Object.fromEntries(Object.entries(job).filter(([key]) => !UNKNOWN_TO_VMAGENT.includes(key))),
    ...(lists !== undefined && {
      http_sd_configs: lists.map((list) =>
        Object.fromEntries(Object.entries(list).filter(([key]) => key !== 'refresh_interval')),
      ),
    }),
  }));
}
