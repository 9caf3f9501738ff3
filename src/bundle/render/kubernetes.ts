import { stringify } from 'yaml';
import type { BundleSettings, ExporterAccess } from '../settings.js';
import type { WrittenGroup } from './prometheus-rules.js';
import type { ScrapeJob } from './scrape-configs.js';

const TEXT = { lineWidth: 120, singleQuote: true } as const;

/** The rules for the Prometheus operator: a PrometheusRule (monitoring.coreos.com/v1). */
export function prometheusRule(groups: readonly WrittenGroup[], settings: BundleSettings): string {
  return manifest({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: metadata('pipefleet', settings),
    spec: {
      groups: groups.map(({ name, interval, rules }) => ({
        name,
        ...(interval !== undefined && { interval }),
        rules: rules.map(({ rule }) => rule),
      })),
    },
  });
}

/** The scrape jobs for the Prometheus operator: ScrapeConfigs (monitoring.coreos.com/v1alpha1). */
export function scrapeConfigManifests(jobs: readonly ScrapeJob[], settings: BundleSettings): string {
  return jobs
    .map((job) =>
      manifest({
        apiVersion: 'monitoring.coreos.com/v1alpha1',
        kind: 'ScrapeConfig',
        metadata: metadata(job.job_name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-'), settings),
        spec: {
          jobName: job.job_name,
          scrapeInterval: job.scrape_interval,
          scrapeTimeout: job.scrape_timeout,
          ...(job.scheme && { scheme: 'HTTPS' }),
          ...secretsOf(settings.exporterAccess),
          httpSDConfigs: job.http_sd_configs?.map(({ url, refresh_interval: refreshInterval }) => ({
            url,
            refreshInterval,
            ...secretsOf(settings.exporterAccess),
          })),
          staticConfigs: job.static_configs,
          sampleLimit: job.sample_limit,
          labelLimit: job.label_limit,
          labelNameLengthLimit: job.label_name_length_limit,
          labelValueLengthLimit: job.label_value_length_limit,
          bodySizeLimit: job.body_size_limit,
        },
      }),
    )
    .join('---\n');
}

/** What is shown to the exporter, from a Secret, whose keys are those of `kubernetes.io/tls` and `kubernetes.io/basic-auth`, and `token`. */
function secretsOf(access: ExporterAccess): Record<string, unknown> {
  const from = (key: string): { name: string; key: string } => ({ name: access.secret, key });
  const tls = {
    ...(access.caFile !== undefined && { ca: { secret: from('ca.crt') } }),
    ...(access.certFile !== undefined && { cert: { secret: from('tls.crt') }, keySecret: from('tls.key') }),
  };
  return {
    ...(Object.keys(tls).length > 0 && { tlsConfig: tls }),
    ...(access.username !== undefined && {
      basicAuth: { username: from('username'), password: from('password') },
    }),
    ...(access.tokenFile !== undefined && { authorization: { credentials: from('token') } }),
  };
}

/**
 * Dashboards for Grafana's sidecar, each in a ConfigMap of its own: together they would be past the size that one may have.
 *
 * @param dashboards text by file name
 */
export function dashboardManifests(
  dashboards: Readonly<Record<string, string>>,
  settings: BundleSettings,
): string {
  const { kubernetes } = settings;
  return Object.entries(dashboards)
    .map(([file, text]) =>
      manifest({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          ...metadata(file.replace(/\.json$/, ''), settings),
          labels: { ...kubernetes.labels, [kubernetes.dashboardLabel]: '1' },
          annotations: { grafana_folder: 'Pipe' },
        },
        data: { [file]: text },
      }),
    )
    .join('---\n');
}

function metadata(
  name: string,
  { kubernetes: { namespace, labels } }: BundleSettings,
): Record<string, unknown> {
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(Object.keys(labels).length > 0 && { labels }),
  };
}

function manifest(content: unknown): string {
  return stringify(content, TEXT);
}
