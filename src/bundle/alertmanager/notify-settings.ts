import * as z from 'zod';
import { checkNotify, SILENT } from './notify-rules.js';
import { quietHours } from './quiet-hours.js';
import { writtenReceiver } from './written-receiver.js';
import { address, duration, file, instead, labelName, name, text } from './written-values.js';

/**
 * The key `notify` of bundle.yml: who is told what, when, and by which way. Without "critical" the first receiver is told what
 * is critical, and without "warning" whoever is told what is critical.
 */
export const notifySettings = z
  .strictObject({
    grafana_url: address('https://grafana.example.org').default('http://localhost:3000'),
    alertmanager_url: address('https://alerts.example.org').optional(),
    receivers: z.array(writtenReceiver).default([]),
    critical: name.optional(),
    warning: name.optional(),
    info: name.default(SILENT[1]),
    team_label: labelName.default('team'),
    teams: z
      .array(z.strictObject({ team: text('frankfurt'), receiver: name, critical: name.optional() }))
      .default([]),
    quiet_hours: quietHours.optional(),
    dead_man: z
      .strictObject({ url_file: file('/run/secrets/watchdog-url'), url: instead('url_file') })
      .optional(),
    group_by: z
      .array(labelName)
      .min(1, 'is empty; name a label, or remove the key')
      .default(['alertname', 'group']),
    repeat: z
      .strictObject({ critical: duration('2h'), warning: duration('12h'), info: duration('4d') })
      .prefault({}),
  })
  .transform((written) => {
    const critical = written.critical ?? written.receivers[0]?.name ?? SILENT[0];
    return { ...written, critical, warning: written.warning ?? critical };
  })
  .superRefine(checkNotify);

export type NotifySettings = z.output<typeof notifySettings>;
