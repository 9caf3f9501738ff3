import { findAddresses, LINKS, type Addresses } from './addresses.js';
import { BODY, DISCORD, SLACK, TEXT } from './forms.js';
import { message } from './message.js';
import { IN_TITLE, ROUND } from './values.js';

/**
 * The texts of messages: what, where, since when, how many, and where to go on; the same in a form for each kind of receiver.
 *
 * @param groupBy labels by which alerts come into one message: what says where, when it is not one node
 */
export function messageTemplate(addresses: Addresses, groupBy: readonly string[]): string {
  const places = groupBy.filter((label) => label !== 'alertname' && label !== 'instance');
  return `{{/* Made by pipefleet from src/bundle; to have it otherwise, see docs/alerting.md. */}}

{{ define "pipefleet.duration" }}{{ . | humanizeDuration | ${ROUND} }}{{ end }}

{{/* How bad. */}}
{{ define "pipefleet.word" -}}
{{ if eq .Status "resolved" }}Over{{ else }}{{ or .CommonLabels.severity "alert" | title | ${IN_TITLE} }}{{ end }}
{{- end }}

{{/* What and where; with what a form escapes. */}}
${[['', ''] as const, ...[SLACK, DISCORD].map(({ name, escape }) => [`.${name}`, escape] as const)]
  .map(([name, escape]) => subject(name, escape, places))
  .join('\n')}
{{/* One line: how bad, what, where. */}}
${['', '.slack', '.discord'].map(title).join('\n')}
{{/* In plain text, and without links. */}}
${message(TEXT, addresses)}
${message({ ...TEXT, name: 'short' }, undefined)}
{{/* For Slack and Discord. */}}
${message(SLACK, addresses)}
${message(DISCORD, addresses)}
{{/* In HTML, for Telegram and for e-mail. */}}
${message(BODY, addresses)}
{{ define "pipefleet.html" -}}
<b>{{ template "pipefleet.title" . }}</b>
{{ template "pipefleet.body" . }}
{{- end }}

{{ define "pipefleet.mail" -}}
<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="font: 15px/1.5 sans-serif; max-width: 40em; margin: 1em auto; padding: 0 1em">
<h1 style="font-size: 18px">{{ template "pipefleet.title" . }}</h1>
<pre style="font: inherit; white-space: pre-wrap">{{ template "pipefleet.body" . }}</pre>
</body></html>
{{- end }}

{{/* Addresses for receivers that have a place of their own for them: one, and as buttons of ntfy. */}}
{{ define "pipefleet.dashboard" -}}
${findAddresses(addresses)}
{{- $dashboard }}
{{- end }}

{{ define "pipefleet.runbook" -}}
${findAddresses(addresses)}
{{- $runbook }}
{{- end }}

{{ define "pipefleet.actions" -}}
${findAddresses(addresses)}
{{- $between := "" }}[
${LINKS.map(([label, variable]) => `{{- if ${variable} }}{{ $between }}{"action": "view", "label": "${label}", "url": "{{ ${variable} }}"}{{ $between = ", " }}{{ end }}`).join('\n')}
{{- "]" }}
{{- end }}
`;
}

function subject(name: string, escape: string, places: readonly string[]): string {
  const value = (path: string): string => `{{ template "pipefleet.subject-value${name}" ${path} }}`;
  const elsewhere = places.map(
    (label) => `{{- else if .GroupLabels.${label} }} in ${value(`.GroupLabels.${label}`)}\n`,
  );
  return `{{ define "pipefleet.subject-value${name}" }}{{ . | ${IN_TITLE}${escape} }}{{ end }}
{{ define "pipefleet.subject${name}" -}}
{{ $alerts := .Alerts.Firing }}{{ if eq .Status "resolved" }}{{ $alerts = .Alerts.Resolved }}{{ end }}
{{- if gt (len $alerts) 1 }}{{ len $alerts }} × {{ end }}${value('(or .CommonLabels.alertname "alerts")')}
{{- if .CommonLabels.instance }} on ${value('.CommonLabels.instance')}
${elsewhere.join('')}{{- end }}
{{- if eq .CommonLabels.simulated "true" }} (simulated){{ end }}
{{- end }}
`;
}

function title(name: string): string {
  return `{{ define "pipefleet.title${name}" -}}
{{ template "pipefleet.word" . }}: {{ template "pipefleet.subject${name}" . }}
{{- end }}
`;
}
