import * as z from 'zod';
import { address, file, instead, name, text } from './written-values.js';

/** The ways by which somebody is told. Secrets are files, never values. */
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
    url: address('https://ntfy.sh')
      .refine((written) => !/\w\//.test(written.replace(/^https?:/, '')), {
        error: 'ends behind the host; write what follows as "topic"',
      })
      .default('https://ntfy.sh'),
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
    require_tls: z.boolean({ error: 'must be true or false' }).optional(),
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

/** Somebody who is told, by one way or several. */
export const writtenReceiver = z.strictObject({
  name,
  telegram: ways.telegram
    .refine(({ chat_id_file, chat_id }) => (chat_id_file === undefined) !== (chat_id === undefined), {
      error: 'needs either "chat_id_file" or "chat_id"',
    })
    .optional(),
  discord: ways.discord.optional(),
  slack: ways.slack.optional(),
  ntfy: ways.ntfy.optional(),
  email: ways.email
    .refine(
      ({ auth_username, auth_password_file }) =>
        (auth_username === undefined) === (auth_password_file === undefined),
      { error: 'needs "auth_username" and "auth_password_file" together, or neither' },
    )
    .optional(),
  pagerduty: ways.pagerduty.optional(),
  pushover: ways.pushover.optional(),
  webhook: ways.webhook.optional(),
});

export type WrittenReceiver = z.output<typeof writtenReceiver>;
