import { checkDocument } from '../config/check-document.js';
import { formatProblem, type Problem } from '../config/diagnostics.js';
import { readConfigFile } from '../config/load.js';
import { parseDuration } from '../config/quantities.js';
import { PipefleetError } from '../core/errors.js';
import type { AlertChange, BundleSettings } from './settings.js';
import { writtenSettings, type WrittenSettings } from './written-settings.js';

/** Settings, or everything that is wrong with them. */
export interface CheckedSettings {
  readonly settings: BundleSettings | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Judges the text of a bundle.yml. Opens nothing.
 *
 * @param path named in problems as written
 */
export function checkSettings(text: string, path: string): CheckedSettings {
  const { data, problems } = checkDocument(text, path, writtenSettings);
  return { settings: data && settingsOf(data), problems };
}

/**
 * Reads a bundle.yml.
 *
 * @throws {PipefleetError} `config_unreadable`, or `config_invalid` with every problem on a line of its own
 */
export async function loadSettings(path: string): Promise<BundleSettings> {
  const { settings, problems } = checkSettings(await readConfigFile(path), path);
  if (settings === undefined)
    throw new PipefleetError('config_invalid', problems.map(formatProblem).join('\n'));
  return settings;
}

/** The settings of a file that says nothing. */
export function defaultSettings(): BundleSettings {
  return settingsOf(writtenSettings.parse({}));
}

function settingsOf(written: WrittenSettings): BundleSettings {
  return {
    jobs: written.jobs,
    selector: written.selector,
    peerLabel: written.peer_label,
    scrapeIntervalSeconds: parseDuration(written.scrape_interval) ?? NaN,
    dashboardsUrl: written.dashboards_url,
    runbooksUrl: written.runbooks_url,
    exporterAddress: written.exporter_address,
    exporterAccess: {
      tls: written.exporter_access.tls,
      caFile: written.exporter_access.ca_file,
      certFile: written.exporter_access.cert_file,
      keyFile: written.exporter_access.key_file,
      username: written.exporter_access.username,
      passwordFile: written.exporter_access.password_file,
      tokenFile: written.exporter_access.token_file,
      secret: written.exporter_access.secret,
    },
    kubernetes: {
      namespace: written.kubernetes.namespace,
      labels: written.kubernetes.labels,
      dashboardLabel: written.kubernetes.dashboard_label,
    },
    withoutGroups: written.without_groups,
    notify: written.notify,
    alerts: new Map(
      Object.entries(written.alerts).flatMap(([name, change]) =>
        change === undefined ? [] : [[name, changeOf(change as WrittenChange)] as const],
      ),
    ),
  };
}

/** What the schema of an alert gives: its common keys, and numbers under the names of its own settings. */
interface WrittenChange {
  readonly enabled?: boolean;
  readonly severity?: AlertChange['severity'];
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly [setting: string]: unknown;
}

function changeOf({
  enabled,
  severity,
  for: hold,
  keep_firing_for: keep,
  labels,
  ...own
}: WrittenChange): AlertChange {
  return {
    ...(enabled !== undefined && { enabled }),
    ...(severity !== undefined && { severity }),
    ...(hold !== undefined && { for: hold }),
    ...(keep !== undefined && { keepFiringFor: keep }),
    ...(labels !== undefined && { labels }),
    settings: Object.fromEntries(
      Object.entries(own).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
    ),
  };
}
