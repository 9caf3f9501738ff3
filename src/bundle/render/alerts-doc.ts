import { ALERT_GROUPS } from '../alerts/registry.js';
import type { Alert } from '../rule.js';
import type { BundleSettings } from '../settings.js';
import { alertGroups } from './prometheus-rules.js';

/** The text of docs/alerts.md: every alert with its numbers. */
export function alertsDoc(settings: BundleSettings): string {
  const written = new Set(
    alertGroups(settings)
      .flatMap(({ rules }) => rules)
      .map(({ rule }) => 'alert' in rule && rule.alert),
  );
  const all = ALERT_GROUPS.flatMap(({ alerts }) => alerts).filter(({ name }) => written.has(name));
  const parts = ALERT_GROUPS.map(
    ({ name, alerts }) => `## ${name}

| Alert | Severity | Fires when | After | Numbers that can be set |
|---|---|---|---|---|
${alerts.map(row).join('\n')}
`,
  );
  return `# Alerts

All ${all.length} alerts in their groups. This page is written by \`npm run generate\` from the alerts themselves; do not edit it. Each has
a section in [runbooks.md](runbooks.md); how to switch one off or to change its numbers is in
[alerting.md](alerting.md#change-or-switch-off-an-alert).

${parts.join('\n')}`;
}

function row(alert: Alert): string {
  const numbers = Object.entries(alert.settings).map(
    ([name, { value, meaning }]) => `\`${name}\` ${value}: ${meaning}`,
  );
  return `| [${alert.name}](runbooks.md#${alert.name.toLowerCase()}) | ${alert.severity} | ${alert.summary} | ${alert.for ?? 'at once'} | ${numbers.join('; ')} |`;
}
