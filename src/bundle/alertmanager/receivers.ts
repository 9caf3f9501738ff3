import type { WrittenReceiver } from './notify-settings.js';

/** A receiver as Alertmanager reads it. */
export type Receiver = Readonly<Record<string, unknown>> & { readonly name: string };

const template = (name: string): string => `{{ template "pipefleet.${name}" . }}`;
const TITLE = template('title');

/** A receiver with every way that it is written to have, each with our texts. */
export function receiverOf(written: WrittenReceiver): Receiver {
  const { telegram, discord, slack, ntfy, email, pagerduty, pushover, webhook } = written;
  const webhooks = [
    ...(webhook === undefined ? [] : [{ url_file: webhook.url_file }]),
    ...(ntfy === undefined ? [] : [ntfyConfig(ntfy)]),
  ];
  return {
    name: written.name,
    ...(telegram !== undefined && {
      telegram_configs: [{ ...defined(telegram), parse_mode: 'HTML', message: template('html') }],
    }),
    ...(discord !== undefined && {
      discord_configs: [{ ...defined(discord), title: TITLE, message: template('text') }],
    }),
    ...(slack !== undefined && {
      slack_configs: [
        {
          ...defined(slack),
          send_resolved: true,
          title: TITLE,
          title_link: '{{ .ExternalURL }}',
          text: template('text'),
          color: `{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}`,
        },
      ],
    }),
    ...(email !== undefined && {
      email_configs: [
        { ...defined(email), send_resolved: true, html: template('mail'), headers: { Subject: TITLE } },
      ],
    }),
    ...(pagerduty !== undefined && {
      pagerduty_configs: [
        {
          ...defined(pagerduty),
          description: TITLE,
          severity: `{{ if eq .CommonLabels.severity "critical" }}critical{{ else if eq .CommonLabels.severity "warning" }}warning{{ else }}info{{ end }}`,
          details: { text: template('text') },
        },
      ],
    }),
    ...(pushover !== undefined && {
      pushover_configs: [
        {
          ...defined(pushover),
          title: TITLE,
          message: template('text'),
          priority: `{{ if eq .Status "resolved" }}-1{{ else if eq .CommonLabels.severity "critical" }}1{{ else }}0{{ end }}`,
        },
      ],
    }),
    ...(webhooks.length > 0 && { webhook_configs: webhooks }),
  };
}

/**
 * ntfy has no receiver of its own: a webhook whose body is the one that ntfy takes. Alertmanager reads each value of a payload as YAML
 * after it has filled it in, so that a colon would make a map of a title, and a number is one.
 */
function ntfyConfig({ url, topic, token_file: tokenFile }: NonNullable<WrittenReceiver['ntfy']>): unknown {
  return {
    url,
    ...(tokenFile !== undefined && { http_config: { authorization: { credentials_file: tokenFile } } }),
    payload: {
      topic,
      title: `${template('word')} – ${template('subject')}`,
      message: template('text'),
      priority: `{{ if eq .Status "resolved" }}2{{ else if eq .CommonLabels.severity "critical" }}5{{ else }}3{{ end }}`,
      tags: [
        `{{ if eq .Status "resolved" }}white_check_mark{{ else if eq .CommonLabels.severity "critical" }}rotating_light{{ else }}warning{{ end }}`,
      ],
    },
  };
}

function defined(written: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}
