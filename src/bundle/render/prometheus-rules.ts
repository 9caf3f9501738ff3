import { ALERT_GROUPS } from '../alerts/registry.js';
import { dashboardPath } from '../dashboard-uids.js';
import { RECORDING_GROUPS } from '../recording/registry.js';
import type { Alert } from '../rule.js';
import { scopeOf, type Scope } from '../scope.js';
import type { AlertChange, BundleSettings } from '../settings.js';

/** A rule as Prometheus reads it, and why it is so. */
export interface WrittenRule {
  readonly note: string | undefined;
  readonly rule: WrittenRecording | WrittenAlert;
}

export interface WrittenRecording {
  readonly record: string;
  readonly expr: string;
}

export interface WrittenAlert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface WrittenGroup {
  readonly name: string;
  readonly interval: string | undefined;
  readonly rules: readonly WrittenRule[];
}

/** The groups of recording rules. */
export function recordingGroups(settings: BundleSettings): WrittenGroup[] {
  const scope = scopeOf(settings);
  return RECORDING_GROUPS.map(({ name, interval, rules }) => ({
    name,
    interval,
    rules: rules.map(({ record, note, expr }) => ({ note, rule: { record, expr: expr(scope) } })),
  }));
}

/** The groups of alerts, without what is switched off; a group of which nothing is left is left out. */
export function alertGroups(settings: BundleSettings): WrittenGroup[] {
  const scope = scopeOf(settings);
  return ALERT_GROUPS.filter(({ name }) => !settings.withoutGroups.includes(name))
    .map(({ name, alerts }) => ({
      name,
      interval: undefined,
      rules: alerts
        .filter((alert) => settings.alerts.get(alert.name)?.enabled !== false)
        .map((alert) => ({ note: alert.note, rule: writtenAlert(alert, scope, settings) })),
    }))
    .filter(({ rules }) => rules.length > 0);
}

function writtenAlert(alert: Alert, scope: Scope, settings: BundleSettings): WrittenAlert {
  const change: AlertChange = settings.alerts.get(alert.name) ?? { settings: {} };
  const values = Object.fromEntries(
    Object.entries(alert.settings).map(([name, { value }]) => [name, change.settings[name] ?? value]),
  );
  const hold = change.for ?? alert.for;
  const keep = change.keepFiringFor ?? alert.keepFiringFor;
  const { description } = alert;
  return {
    alert: alert.name,
    expr: alert.expr(scope, values),
    ...(hold !== undefined && { for: hold }),
    ...(keep !== undefined && { keep_firing_for: keep }),
    labels: { ...change.labels, severity: change.severity ?? alert.severity },
    annotations: {
      summary: alert.summary,
      description: typeof description === 'string' ? description : description(scope),
      dashboard_url: `${settings.dashboardsUrl}${dashboardPath(alert.dashboard)}`,
      runbook_url: `${settings.runbooksUrl}#${alert.name.toLowerCase()}`,
    },
  };
}
