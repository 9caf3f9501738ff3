import { ALERT_GROUPS } from './alerts/registry.js';

const HEAD = `# What is to be otherwise in the bundle: rules, alerts, dashboards, Alertmanager's configuration. Every line is optional, and
# what stands here is what holds when it is left out. Made by pipefleet from its own code; docs/alerting.md explains it.
#
#   cp bundle.example.yml bundle.yml      take away the "#" before what you change
#   npm run bundle                        writes the files into the folder local (pipefleet bundle --help)

# Scrape jobs, as your Prometheus names them.
#jobs:
#  node: pipe-node
#  inventory: pipe-inventory
#  audit: pipe-audit
#  exporter: pipefleet
#  prometheus: prometheus
#  alertmanager: alertmanager

# More label matchers for every series, where one Prometheus has several fleets.
#selector: 'cluster="eu"'

# The label of nodes whose equals are compared with each other, and by which regions are told apart.
#peer_label: region

# How often nodes are scraped: ranges hold four scrapes at least.
#scrape_interval: 30s

# Where people open Grafana, and the runbooks.
#dashboards_url: https://grafana.example.org
#runbooks_url: https://github.com/pipefleet/pipefleet/blob/main/docs/runbooks.md

# Where Prometheus reaches the exporter, for scrape-configs.yml.
#exporter_address: pipefleet:10950

# What Prometheus shows to the exporter (docs/web.md); the files are those of its machine. A token_file may take the place of
# username and password_file. The Prometheus operator takes the same from a Secret.
#exporter_access:
#  tls: true
#  ca_file: /etc/prometheus/pipefleet-ca.crt
#  cert_file: /etc/prometheus/pipefleet.crt
#  key_file: /etc/prometheus/pipefleet.key
#  username: prometheus
#  password_file: /etc/prometheus/pipefleet-password
#  secret: pipefleet-exporter

# For the manifests in local/kubernetes.
#kubernetes:
#  namespace: monitoring
#  labels: { release: prometheus }
#  dashboard_label: grafana_dashboard

# Who is told. A secret is never a value, always a file: its path as Alertmanager sees it.
#notify:
#  grafana_url: https://grafana.example.org
#  alertmanager_url: https://alerts.example.org
#  receivers:
#    - name: phone
#      telegram: { bot_token_file: /run/secrets/telegram-bot-token, chat_id_file: /run/secrets/telegram-chat-id }
#      ntfy: { url: https://ntfy.sh, topic: pipefleet, token_file: /run/secrets/ntfy-token }
#      pushover: { user_key_file: /run/secrets/pushover-user-key, token_file: /run/secrets/pushover-token }
#    - name: channel
#      discord: { webhook_url_file: /run/secrets/discord-webhook-url }
#      slack: { api_url_file: /run/secrets/slack-webhook-url, channel: '#nodes' }
#      webhook: { url_file: /run/secrets/webhook-url }
#    - name: pager
#      pagerduty: { routing_key_file: /run/secrets/pagerduty-routing-key }
#    - name: mail
#      email:
#        to: operator@example.org
#        from: alerts@example.org
#        smarthost: mail.example.org:587
#        auth_username: alerts@example.org
#        auth_password_file: /run/secrets/mail-password
#  critical: phone
#  warning: channel
#  info: mail
#  team_label: team
#  teams:
#    - { team: frankfurt, receiver: channel, critical: pager }
#  quiet_hours: { from: '22:00', to: '07:00', time_zone: Europe/Berlin, severities: [warning, info] }
#  dead_man: { url_file: /run/secrets/watchdog-url }
#  group_by: [alertname, group]
#  repeat: { critical: 2h, warning: 12h, info: 4d }

# Whole groups of alerts that are left out.
#without_groups: [pipefleet-monitoring]

# Any alert can have "enabled: false", "severity", "for", "keep_firing_for" and "labels", and its own numbers:
#alerts:
`;

/** The text of bundle.example.yml: everything that can be set, as comments. */
export function exampleSettings(): string {
  const lines = ALERT_GROUPS.flatMap(({ name, alerts }) => [
    `#  # ${name}`,
    ...alerts.flatMap((alert) => [
      `#  ${alert.name}:`,
      `#    severity: ${alert.severity}`,
      ...(alert.for === undefined ? [] : [`#    for: ${alert.for}`]),
      ...Object.entries(alert.settings).map(
        ([setting, { value, meaning }]) => `#    ${setting}: ${value}`.padEnd(28) + `# ${meaning}`,
      ),
    ]),
  ]);
  return `${HEAD}${lines.join('\n')}\n`;
}
