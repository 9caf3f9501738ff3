import { isLink } from './values.js';

/** Where people open things. */
export interface Addresses {
  readonly grafana: string;
  /** Undefined: as Alertmanager knows itself (--web.external-url). */
  readonly alertmanager: string | undefined;
}

const LONGEST = 250;

/** Where a message leads to, in the order in which it is shown. */
export const LINKS = [
  ['Dashboard', '$dashboard'],
  ['What to do', '$runbook'],
  ['Silence', '$silence'],
] as const;

/**
 * Lines of a template that set the variables of {@link LINKS}, each empty where there is no such address. Several alerts have the
 * dashboard of the fleet; the silence is for the group of the message, and for the one node when there is but one.
 */
export function findAddresses({ grafana, alertmanager }: Addresses): string {
  const base = alertmanager === undefined ? '.ExternalURL' : `"${alertmanager}"`;
  return String.raw`{{- $dashboard := .CommonAnnotations.dashboard_url }}
{{- if and (not $dashboard) .Alerts (index .Alerts 0).Annotations.dashboard_url }}{{ $dashboard = (index .Alerts 0).Annotations.dashboard_url | reReplaceAll "/d/.*$" "/d/pipefleet-fleet" }}{{ end }}
{{- if match "^/" $dashboard }}{{ $dashboard = printf "%s%s" "${grafana}" $dashboard }}{{ end }}
{{- $runbook := .CommonAnnotations.runbook_url }}
{{- $silence := "" }}{{ if .Alerts.Firing }}{{ $filter := "" }}
{{- range .GroupLabels.SortedPairs }}{{ $filter = printf "%s,%s=%q" $filter .Name .Value }}{{ end }}
{{- if and .CommonLabels.instance (not .GroupLabels.instance) }}{{ $filter = printf "%s,instance=%q" $filter .CommonLabels.instance }}{{ end }}
{{- $filter = printf "{%s}" ($filter | reReplaceAll "^," "") | urlquery | reReplaceAll "\\+" "%20" }}
{{- $silence = printf "%s/#/silences/new?filter=%s" ${base} $filter }}{{ end }}
${LINKS.map(([, variable]) => `{{- if not (${isLink(variable, LONGEST)}) }}{{ ${variable} = "" }}{{ end }}`).join('\n')}`;
}
