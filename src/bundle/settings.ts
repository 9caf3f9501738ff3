import type { Severity } from './rule.js';
import type { NotifySettings } from './alertmanager/notify-settings.js';
import type { Naming } from './scope.js';

/** What an operator has otherwise about one alert. What is left out stays as we have it. */
export interface AlertChange {
  readonly enabled?: boolean;
  readonly severity?: Severity;
  /** Prometheus durations. */
  readonly for?: string;
  readonly keepFiringFor?: string;
  /** More labels, for routes. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, number>>;
}

/** What manifests for Kubernetes carry. */
export interface Kubernetes {
  /** Undefined leaves it to the one who applies them. */
  readonly namespace: string | undefined;
  /** Labels by which an operator finds its rules and scrape configurations, such as `release: prometheus`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Label by which Grafana's sidecar finds dashboards. */
  readonly dashboardLabel: string;
}

/** How Prometheus is let in by the exporter (docs/web.md). Files are those of the machine of Prometheus. */
export interface ExporterAccess {
  readonly tls: boolean;
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly username: string | undefined;
  readonly passwordFile: string | undefined;
  readonly tokenFile: string | undefined;
  /** Name of the Secret that has the same for the Prometheus operator. */
  readonly secret: string;
}

/** Everything from which the bundle is generated. */
export interface BundleSettings extends Naming {
  /** What `dashboard_url` begins with, such as `https://grafana.example.org`; without it links are completed by the message template. */
  readonly dashboardsUrl: string;
  /** The page whose headings are the names of the alerts. */
  readonly runbooksUrl: string;
  /** `host:port` under which Prometheus reaches the exporter. */
  readonly exporterAddress: string;
  readonly exporterAccess: ExporterAccess;
  readonly kubernetes: Kubernetes;
  /** Names of groups of alerts that are left out. */
  readonly withoutGroups: readonly string[];
  readonly alerts: ReadonlyMap<string, AlertChange>;
  /** Who is told. */
  readonly notify: NotifySettings;
}
