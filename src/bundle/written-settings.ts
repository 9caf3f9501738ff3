import * as z from 'zod';
import { parseDuration } from '../config/quantities.js';
import { ALERT_GROUPS } from './alerts/registry.js';
import { notifySettings } from './alertmanager/notify-settings.js';
import type { Alert } from './rule.js';
import { trimTrailing } from '../core/text.js';

/**
 * bundle.yml as it is written. Like that of pipefleet.yml, each message says what is wrong and how to mend it, without its
 * subject: the key is put in front.
 */

const duration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, 'is no duration; write one such as 5m or 1h30m')
  .meta({ examples: ['5m'] });

const jobName = (example: string) =>
  z
    .string()
    .min(1, 'is empty; write the name of the scrape job')
    .default(example)
    .meta({ examples: [example] });

const labelName = z
  .string()
  .regex(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/, 'is no name of a label; use letters, digits and "_"');

const url = z
  .string()
  .regex(/^https?:\/\/[^\s/?#][^\s?#]*$/, 'is no address; write one such as https://grafana.example.org')
  .transform((text) => trimTrailing(text, '/'));

/** Matchers as they stand in a selector: `cluster="eu", team!="x"`. */
const selector = z
  .string()
  .regex(
    /^(?:[a-zA-Z_]\w*(?:=|!=|=~|!~)"(?:[^"\\]|\\.)*"(?:, ?(?=.)|$))*$/,
    'is no list of label matchers; write it as in PromQL, such as cluster="eu"',
  )
  .default('');

const common = {
  enabled: z
    .boolean({ error: 'must be true or false' })
    .optional()
    .meta({ description: 'false leaves the alert out.' }),
  severity: z
    .enum(['critical', 'warning', 'info', 'none'], { error: 'must be critical, warning, info or none' })
    .optional(),
  for: duration.optional(),
  keep_firing_for: duration.optional(),
  labels: z.record(labelName, z.string()).optional().meta({ description: 'More labels, for routes.' }),
};

/** The settings of one alert: those of every alert, and its own numbers. */
function alertSchema({ settings }: Alert) {
  const own = Object.entries(settings).map(([name, { value, meaning }]) => [
    name,
    z
      .number({ error: 'must be a number' })
      .min(0, 'is negative; write 0 or more')
      .optional()
      .meta({
        description: meaning,
        examples: [value],
      }),
  ]);
  return z.strictObject({
    ...common,
    ...(Object.fromEntries(own) as Record<string, z.ZodOptional<z.ZodNumber>>),
  });
}

const allAlerts = ALERT_GROUPS.flatMap(({ alerts }) => alerts);
const groupNames = ALERT_GROUPS.map(({ name }) => name);

const filePath = z.string().min(1, 'is empty; write the path of a file').optional();

/** Keys of `exporter_access` that mean nothing without another one. */
const BELONGS_TOGETHER = [
  ['ca_file', 'tls', 'has no effect without "tls: true"; add it'],
  ['cert_file', 'tls', 'has no effect without "tls: true"; add it'],
  ['cert_file', 'key_file', 'needs key_file, the key of the certificate'],
  ['key_file', 'cert_file', 'needs cert_file, the certificate of the key'],
  ['username', 'password_file', 'needs password_file, which holds the password'],
  ['password_file', 'username', 'needs username, the user of the password'],
] as const;

export const writtenSettings = z.strictObject({
  jobs: z
    .strictObject({
      node: jobName('pipe-node'),
      inventory: jobName('pipe-inventory'),
      audit: jobName('pipe-audit'),
      exporter: jobName('pipefleet'),
      prometheus: jobName('prometheus'),
      alertmanager: jobName('alertmanager'),
    })
    .prefault({}),
  selector,
  peer_label: labelName.default('region'),
  scrape_interval: duration.default('30s'),
  dashboards_url: url.default(''),
  runbooks_url: url.default('https://github.com/pipefleet/pipefleet/blob/main/docs/runbooks.md'),
  exporter_address: z
    .string()
    .regex(
      /^[^\s/:]+:\d{1,5}$|^\[[0-9a-fA-F:.]+\]:\d{1,5}$/,
      'is no host:port; write one such as pipefleet:10950',
    )
    .default('pipefleet:10950'),
  exporter_access: z
    .strictObject({
      tls: z.boolean({ error: 'must be true or false' }).default(false),
      ca_file: filePath,
      cert_file: filePath,
      key_file: filePath,
      username: z.string().min(1, 'is empty; write the name of the user').optional(),
      password_file: filePath,
      token_file: filePath,
      secret: z.string().min(1, 'is empty; write the name of a Secret').default('pipefleet-exporter'),
    })
    .superRefine((access, context) => {
      for (const [key, other, why] of BELONGS_TOGETHER) {
        if (access[key] !== undefined && (access[other] === undefined || access[other] === false))
          context.addIssue({ code: 'custom', path: [key], message: why });
      }
      if (access.token_file !== undefined && access.username !== undefined) {
        const message = 'and username are two ways to say the same; keep one';
        context.addIssue({ code: 'custom', path: ['token_file'], message });
      }
    })
    .prefault({}),
  kubernetes: z
    .strictObject({
      namespace: z.string().optional(),
      labels: z.record(z.string(), z.string()).default({}),
      dashboard_label: z.string().default('grafana_dashboard'),
    })
    .prefault({}),
  without_groups: z
    .array(
      z.string().refine((name) => groupNames.includes(name), {
        error: `is no group of alerts; there are ${groupNames.join(', ')}`,
      }),
    )
    .default([]),
  notify: notifySettings.prefault({}),
  alerts: z
    .strictObject(Object.fromEntries(allAlerts.map((alert) => [alert.name, alertSchema(alert).optional()])))
    .default({}),
});

export type WrittenSettings = z.output<typeof writtenSettings>;
