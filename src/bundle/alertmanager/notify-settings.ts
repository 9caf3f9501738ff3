import * as z from 'zod';
import { parseDuration } from '../../config/quantities.js';

/** The key `notify` of bundle.yml: who is told what, when, and by which way. Secrets are files, never values. */

const text = (example: string) =>
  z
    .string()
    .min(1, 'is empty; write a value')
    .meta({ examples: [example] });

const file = (example: string) =>
  z
    .string()
    .regex(/^[./~]/, 'is no path; write the path of a file with the secret in it, such as /run/secrets/token')
    .meta({ examples: [example] });

/** Where a secret is wanted as a file, the key for its value is refused with the way to do it. */
const instead = (key: string) =>
  z
    .never({ error: `would put a secret into this file; write it into a file and name that as "${key}"` })
    .optional();

const duration = (value: string) =>
  z
    .string()
    .refine((written) => (parseDuration(written) ?? 0) > 0, 'is no duration; write one such as 2h')
    .default(value);

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'is no time of day; write one such as 22:00');

const address = z
  .string()
  .regex(/^https?:\/\/[^\s/?#@]+[^\s?#]*$/, 'is no address; write one such as https://ntfy.example.org')
  .transform((written) => written.replace(/\/+$/, ''));

const ways = {
  telegram: z.strictObject({
    bot_token_file: file('/run/secrets/telegram-bot-token'),
    bot_token: instead('bot_token_file'),
    chat_id_file: file('/run/secrets/telegram-chat-id').optional(),
    chat_id: z.int({ error: 'must be a whole number; a group has a negative one' }).optional(),
    message_thread_id: z.int({ error: 'must be a whole number' }).optional(),
  }),
  discord: z.strictObject({
    webhook_url_file: file('/run/secrets/discord-webhook-url'),
    webhook_url: instead('webhook_url_file'),
  }),
  slack: z.strictObject({
    api_url_file: file('/run/secrets/slack-webhook-url'),
    api_url: instead('api_url_file'),
    channel: text('#nodes').optional(),
  }),
  ntfy: z.strictObject({
    url: address.default('https://ntfy.sh'),
    topic: text('pipefleet'),
    token_file: file('/run/secrets/ntfy-token').optional(),
    token: instead('token_file'),
  }),
  email: z.strictObject({
    to: text('operator@example.org'),
    from: text('alerts@example.org'),
    smarthost: z.string().regex(/^\S+:\d+$/, 'is no host:port; write one such as mail.example.org:587'),
    auth_username: text('alerts@example.org').optional(),
    auth_password_file: file('/run/secrets/mail-password').optional(),
    auth_password: instead('auth_password_file'),
  }),
  pagerduty: z.strictObject({
    routing_key_file: file('/run/secrets/pagerduty-routing-key'),
    routing_key: instead('routing_key_file'),
  }),
  pushover: z.strictObject({
    user_key_file: file('/run/secrets/pushover-user-key'),
    token_file: file('/run/secrets/pushover-token'),
    user_key: instead('user_key_file'),
    token: instead('token_file'),
  }),
  webhook: z.strictObject({ url_file: file('/run/secrets/webhook-url'), url: instead('url_file') }),
};

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'is no name; use letters, digits, ".", "_" and "-"');

const receiver = z.strictObject({
  name,
  telegram: ways.telegram
    .refine(({ chat_id_file, chat_id }) => (chat_id_file === undefined) !== (chat_id === undefined), {
      error: 'needs either "chat_id_file" or "chat_id"',
    })
    .optional(),
  discord: ways.discord.optional(),
  slack: ways.slack.optional(),
  ntfy: ways.ntfy.optional(),
  email: ways.email.optional(),
  pagerduty: ways.pagerduty.optional(),
  pushover: ways.pushover.optional(),
  webhook: ways.webhook.optional(),
});

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const quietHours = z.strictObject({
  from: clock,
  to: clock,
  weekdays: z.array(z.enum(WEEKDAYS, { error: 'is no day; write monday to sunday' })).optional(),
  time_zone: z
    .string()
    .refine((zone) => isTimeZone(zone), 'is no time zone; write one such as Europe/Berlin')
    .default('UTC'),
  severities: z
    .array(
      z.enum(['warning', 'info'], { error: 'can be warning or info; what is critical is told at any hour' }),
    )
    .default(['warning', 'info']),
});

/** Receivers that are there without being written, and send nothing. */
const SILENT = ['operator', 'notes'];

export const notifySettings = z
  .strictObject({
    grafana_url: address.default('http://localhost:3000'),
    receivers: z.array(receiver).default([]),
    critical: name.default('operator'),
    warning: name.default('operator'),
    info: name.default('notes'),
    team_label: z
      .string()
      .regex(/^[a-zA-Z_]\w*$/, 'is no name of a label; use letters, digits and "_"')
      .default('team'),
    teams: z
      .array(z.strictObject({ team: text('frankfurt'), receiver: name, critical: name.optional() }))
      .default([]),
    quiet_hours: quietHours.optional(),
    dead_man: z
      .strictObject({ url_file: file('/run/secrets/watchdog-url'), url: instead('url_file') })
      .optional(),
    repeat: z
      .strictObject({ critical: duration('2h'), warning: duration('12h'), info: duration('4d') })
      .prefault({}),
  })
  .superRefine((written, context) => {
    const names = written.receivers.map((one) => one.name);
    for (const [index, one] of names.entries()) {
      if (names.indexOf(one) === index) continue;
      const message = 'is the name of another receiver too; choose another, or write both ways into one';
      context.addIssue({ code: 'custom', path: ['receivers', index, 'name'], message });
    }
    const known = new Set([...SILENT, ...names]);
    const check = (path: (string | number)[], wanted: string | undefined): void => {
      if (wanted === undefined || known.has(wanted)) return;
      const message = `names no receiver; there are ${[...known].join(', ')}`;
      context.addIssue({ code: 'custom', path, message });
    };
    check(['critical'], written.critical);
    check(['warning'], written.warning);
    check(['info'], written.info);
    for (const [index, team] of written.teams.entries()) {
      check(['teams', index, 'receiver'], team.receiver);
      check(['teams', index, 'critical'], team.critical);
    }
    const { from, to } = written.quiet_hours ?? {};
    if (from !== undefined && from === to) {
      context.addIssue({
        code: 'custom',
        path: ['quiet_hours', 'to'],
        message: 'is the same as "from"; write when the quiet hours end',
      });
    }
  });

export type NotifySettings = z.output<typeof notifySettings>;
export type WrittenReceiver = NotifySettings['receivers'][number];
export type QuietHours = NonNullable<NotifySettings['quiet_hours']>;

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}
