import { findAddresses, LINKS, type Addresses } from './addresses.js';
import type { Form } from './forms.js';
import { cut, isLink } from './values.js';

/** Alerts of one message that are listed; with more, it says how many there are. */
const LISTED = 8;

/** Of those that are over, where others go on: what is still to be done comes first. */
const OVER_LISTED = 4;

/**
 * The message in one form. Telegram refuses more than 4,096 characters: so the more alerts there are, the shorter is what is said of
 * each, and an address that is too long is left out.
 *
 * @param addresses undefined leaves links out, for receivers that have a place of their own for them
 */
export function message({ name, ...form }: Form, addresses: Addresses | undefined): string {
  const value = (kind: 'sentence' | 'brief' | 'name', path: string): string =>
    `{{ template "pipefleet.${name}.${kind}" ${path} }}`;
  const took = (duration: string): string => `{{ template "pipefleet.duration" ${duration} }}`;
  const where = value('name', '.');
  return `{{ define "pipefleet.${name}.sentence" }}{{ . | ${cut(500, 30)}${form.escape} }}{{ end }}
{{ define "pipefleet.${name}.brief" }}{{ . | ${cut(120, 8)}${form.escape} }}{{ end }}
{{ define "pipefleet.${name}.name" }}{{ . | ${cut(60, 8)}${form.escape} }}{{ end }}
{{ define "pipefleet.${name}" -}}
${value('sentence', '.CommonAnnotations.summary')}
{{- "\\n" }}
{{- $crowd := gt (len .Alerts) 3 }}
{{- range $index, $alert := .Alerts.Firing }}{{ if lt $index ${LISTED} }}
${form.bullet}{{ with .Annotations.description }}{{ if $crowd }}${value('brief', '.')}{{ else }}${value('sentence', '.')}{{ end }}
{{- else }}{{ with $alert.Labels.instance }}${where}.{{ else }}It fires.{{ end }}{{ end }}
{{- if and (eq .Labels.simulated "true") (ne $.CommonLabels.simulated "true") }} (simulated){{ end }} For ${took('(since .StartsAt)')}.${addresses === undefined ? '' : ownLink(form, addresses)}
{{- end }}{{ end }}
{{- if gt (len .Alerts.Firing) ${LISTED} }}
The first ${LISTED} of {{ len .Alerts.Firing }}.
{{- end }}
{{- $over := ${LISTED} }}{{ if .Alerts.Firing }}{{ $over = ${OVER_LISTED} }}{{ end }}
{{- range $index, $alert := .Alerts.Resolved }}{{ if lt $index $over }}
${form.bullet}Over{{ with or .Labels.instance .Labels.region }} on ${where}{{ end }}, after ${took('(.EndsAt.Sub .StartsAt)')}.
{{- end }}{{ end }}
{{- if gt (len .Alerts.Resolved) $over }}
{{ len .Alerts.Resolved }} are over.
{{- end }}
${addresses === undefined ? '' : `${links(form, addresses)}\n`}{{- end }}
`;
}

/** Where there are several alerts, each leads to its own dashboard. */
function ownLink({ link }: Omit<Form, 'name'>, { grafana }: Addresses): string {
  return [
    '\n{{- if gt (len $.Alerts) 1 }}{{ $own := .Annotations.dashboard_url }}',
    `{{ if match "^/" $own }}{{ $own = printf "%s%s" "${grafana}" $own }}{{ end }}`,
    `{{ if ${isLink('$own', 140)} }} ${link('Dashboard', '$own')}{{ end }}{{ end }}`,
  ].join('');
}

function links({ link, between }: Omit<Form, 'name'>, addresses: Addresses): string {
  const shown = LINKS.map(
    ([label, variable]) =>
      `{{- if ${variable} }}{{ $between }}${link(label, variable)}{{ $between = "${between}" }}{{ end }}`,
  );
  return [findAddresses(addresses), '{{- $between := "\\n\\n" }}', ...shown].join('\n');
}
