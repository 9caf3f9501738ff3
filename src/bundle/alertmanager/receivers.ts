import type { WrittenReceiver } from './written-receiver.js';

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
      discord_configs: [
        { ...defined(discord), title: template('title.discord'), message: template('discord') },
      ],
    }),
    ...(slack !== undefined && {
      slack_configs: [
        {
          ...defined(slack),
          send_resolved: true,
          title: template('title.slack'),
          title_link: template('dashboard'),
          fallback: template('title.slack'),
          text: template('slack'),
          color: `{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}`,
        },
      ],
    }),
    ...(email !== undefined && {
      email_configs: [
        {
          ...defined(email),
          send_resolved: true,
          html: template('mail'),
          text: template('text'),
          headers: { Subject: TITLE },
        },
      ],
    }),
    ...(pagerduty !== undefined && {
      pagerduty_configs: [
        {
          ...defined(pagerduty),
          description: TITLE,
          severity: `{{ if eq .CommonLabels.severity "critical" }}critical{{ else if eq .CommonLabels.severity "warning" }}warning{{ else }}info{{ end }}`,
          client: 'pipefleet',
          client_url: template('dashboard'),
          links: [{ href: template('runbook'), text: 'What to do' }],
          // Without the labels of each alert, which it has by default.
          details: { firing: '', resolved: '', text: template('text') + NO_YAML },
        },
      ],
    }),
    ...(pushover !== undefined && {
      pushover_configs: [
        {
          ...defined(pushover),
          title: TITLE,
          message: template('short'),
          url: template('dashboard'),
          url_title: 'Dashboard',
          priority: `{{ if eq .Status "resolved" }}-1{{ else if eq .CommonLabels.severity "critical" }}1{{ else }}0{{ end }}`,
        },
      ],
    }),
    ...(webhooks.length > 0 && { webhook_configs: webhooks }),
  };
}

/**
 * Alertmanager reads a value of a payload as YAML once more after it has filled it in, so that a colon would make a map of a sentence, and a
 * dash a list. A tab at the beginning of a line is in no YAML, and no receiver shows it.
 */
const NO_YAML = '{{ "\\n\\t" }}';

/** ntfy has no receiver of its own: a webhook whose body is the one that ntfy takes. Here its being read as YAML gives numbers and lists. */
function ntfyConfig({ url, topic, token_file: tokenFile }: NonNullable<WrittenReceiver['ntfy']>): unknown {
  return {
    url,
    ...(tokenFile !== undefined && { http_config: { authorization: { credentials_file: tokenFile } } }),
    payload: {
      topic,
      title: `${template('word')} – ${template('subject')}`,
      message: template('short') + NO_YAML,
      click: template('dashboard'),
      actions: template('actions'),
      priority: `{{ if eq .Status "resolved" }}2{{ else if eq .CommonLabels.severity "critical" }}5{{ else if eq .CommonLabels.severity "info" }}2{{ else }}3{{ end }}`,
      tags: [
        `{{ if eq .Status "resolved" }}white_check_mark{{ else if eq .CommonLabels.severity "critical" }}rotating_light{{ else }}warning{{ end }}`,
      ],
    },
  };
}

function defined(written: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}
