/** Alerts of one message that are listed; with more, it says how many there are. Telegram takes 4,096 characters. */
const LISTED = 8;

/**
 * The texts of messages: what, where, since when, how many, and where to go on. One form for plain text (ntfy, Discord, Slack,
 * Pushover), one for Telegram's HTML, one for e-mail.
 *
 * @param grafanaUrl where people open Grafana
 */
export function messageTemplate(grafanaUrl: string): string {
  return `{{/* Made by pipefleet from src/bundle; to have it otherwise, see docs/alerting.md. */}}

{{/* Where people open Grafana: links to dashboards that have no address of their own begin with it. */}}
{{ define "pipefleet.grafana" }}${grafanaUrl}{{ end }}

{{ define "pipefleet.dashboard" -}}
{{ if match "^/" .Annotations.dashboard_url }}{{ template "pipefleet.grafana" }}{{ end }}{{ .Annotations.dashboard_url }}
{{- end }}

{{/* In HTML an address must not begin in one of two ways: each has its own link. */}}
{{ define "pipefleet.dashboard-link" -}}
{{ if match "^/" .Annotations.dashboard_url }}<a href="{{ template "pipefleet.grafana" }}{{ .Annotations.dashboard_url }}">Dashboard</a>{{ else }}<a href="{{ .Annotations.dashboard_url }}">Dashboard</a>{{ end }}
{{- end }}

{{/* The page of Alertmanager that silences the group of this message, filled in. */}}
{{ define "pipefleet.silence" -}}
{{ .ExternalURL }}/#/silences/new?filter=%7B
{{- range $index, $pair := .GroupLabels.SortedPairs }}{{ if $index }}%2C{{ end }}{{ $pair.Name }}%3D%22{{ $pair.Value | urlquery }}%22{{ end }}%7D
{{- end }}

{{/* In HTML what is filled into an address is escaped by itself. */}}
{{ define "pipefleet.silence-link" -}}
<a href="{{ .ExternalURL }}/#/silences/new?filter=%7B
{{- range $index, $pair := .GroupLabels.SortedPairs }}{{ if $index }}%2C{{ end }}{{ $pair.Name }}%3D%22{{ $pair.Value }}%22{{ end }}%7D">Silence</a>
{{- end }}

{{/* How bad. */}}
{{ define "pipefleet.word" -}}
{{ if eq .Status "resolved" }}Over{{ else }}{{ .CommonLabels.severity | title }}{{ end }}
{{- end }}

{{/* What and where. */}}
{{ define "pipefleet.subject" -}}
{{ $alerts := .Alerts.Firing }}{{ if eq .Status "resolved" }}{{ $alerts = .Alerts.Resolved }}{{ end }}
{{- if gt (len $alerts) 1 }}{{ len $alerts }} × {{ end }}{{ .GroupLabels.alertname }}
{{- if .CommonLabels.instance }} on {{ .CommonLabels.instance }}
{{- else if .GroupLabels.group }} in {{ .GroupLabels.group }}{{ end }}
{{- if eq .CommonLabels.simulated "true" }} (simulated){{ end }}
{{- end }}

{{/* One line: how bad, what, where. */}}
{{ define "pipefleet.title" -}}
{{ template "pipefleet.word" . }}: {{ template "pipefleet.subject" . }}
{{- end }}

{{/* How many there are, where not all are listed. */}}
{{ define "pipefleet.more" -}}
{{ if gt (len .) ${LISTED} }}The first ${LISTED} of {{ len . }}.{{ end }}
{{- end }}

{{ define "pipefleet.text" -}}
{{ .CommonAnnotations.summary }}
{{ range $index, $alert := .Alerts.Firing }}{{ if lt $index ${LISTED} }}
- {{ .Annotations.description }} For {{ .StartsAt | since | humanizeDuration }}.
  {{ template "pipefleet.dashboard" . }}
{{- end }}{{ end }}
{{- range $index, $alert := .Alerts.Resolved }}{{ if lt $index ${LISTED} }}
- Over{{ with .Labels.instance }} on {{ . }}{{ end }}, after {{ .EndsAt.Sub .StartsAt | humanizeDuration }}.
{{- end }}{{ end }}
{{ template "pipefleet.more" .Alerts.Firing }}
{{ with .CommonAnnotations.runbook_url }}What to do: {{ . }}{{ end }}
{{ if eq .Status "firing" }}Silence: {{ template "pipefleet.silence" . }}{{ end }}
{{- end }}

{{ define "pipefleet.html" -}}
<b>{{ template "pipefleet.title" . }}</b>
{{ .CommonAnnotations.summary }}
{{ range $index, $alert := .Alerts.Firing }}{{ if lt $index ${LISTED} }}
• {{ .Annotations.description }} For {{ .StartsAt | since | humanizeDuration }}. {{ template "pipefleet.dashboard-link" . }}
{{- end }}{{ end }}
{{- range $index, $alert := .Alerts.Resolved }}{{ if lt $index ${LISTED} }}
• Over{{ with .Labels.instance }} on {{ . }}{{ end }}, after {{ .EndsAt.Sub .StartsAt | humanizeDuration }}.
{{- end }}{{ end }}
{{ template "pipefleet.more" .Alerts.Firing }}
{{ with .CommonAnnotations.runbook_url }}<a href="{{ . }}">What to do</a>{{ end }}
{{- if eq .Status "firing" }} · {{ template "pipefleet.silence-link" . }}{{ end }}
{{- end }}

{{ define "pipefleet.mail" -}}
<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"></head>
<body style="font: 15px/1.5 sans-serif; max-width: 40em; margin: 1em auto; padding: 0 1em">
<h1 style="font-size: 18px">{{ template "pipefleet.title" . }}</h1>
<p>{{ .CommonAnnotations.summary }}</p>
<ul>
{{- range $index, $alert := .Alerts.Firing }}{{ if lt $index ${LISTED} }}
<li>{{ .Annotations.description }} For {{ .StartsAt | since | humanizeDuration }}. {{ template "pipefleet.dashboard-link" . }}</li>
{{- end }}{{ end }}
{{- range $index, $alert := .Alerts.Resolved }}{{ if lt $index ${LISTED} }}
<li>Over{{ with .Labels.instance }} on {{ . }}{{ end }}, after {{ .EndsAt.Sub .StartsAt | humanizeDuration }}.</li>
{{- end }}{{ end }}
</ul>
<p>{{ template "pipefleet.more" .Alerts.Firing }}</p>
<p>{{ with .CommonAnnotations.runbook_url }}<a href="{{ . }}">What to do</a>{{ end }}
{{- if eq .Status "firing" }} · {{ template "pipefleet.silence-link" . }}{{ end }}</p>
</body></html>
{{- end }}
`;
}
