import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { SEVERITY } from './looks.js';
import { columns } from './queries.js';
import { table } from './table-panel.js';
import type { View } from './view.js';

/** What fires now, the oldest first. It asks Prometheus alone, and so needs no Alertmanager to be known to Grafana. */
export function firingAlerts(
  { peers, runbooksUrl }: View,
  spec: { readonly id: number; readonly width: number; readonly height: number },
): Panel {
  const firing = 'ALERTS{alertstate="firing", severity=~"critical|warning", alertname=~"Pipe.+"}';
  const key = `alertname, severity, instance, ${peers}, mountpoint, check, jump`;
  return table({
    ...spec,
    title: 'What fires now',
    description:
      'Critical alerts and warnings that fire, with the time since which it has been wrong. Notes (severity info) are on the page of Alertmanager, which decides what is sent to somebody.',
    unit: 'none',
    noValue: '–',
    key: 'alertname',
    sortBy: 'Since',
    single: true,
    queries: [
      columns(
        `max by (${key}) (ALERTS_FOR_STATE{alertname=~"Pipe.+"}) * 1000 and on (${key}) max by (${key}) (${firing})`,
      ),
    ],
    columns: [
      { field: 'severity', title: 'Severity', mapping: SEVERITY, cell: 'background', width: 100 },
      {
        field: 'alertname',
        title: 'Alert',
        link: {
          title: 'What to do',
          url: `${runbooksUrl}#\${__value.text}`,
        },
      },
      {
        field: 'instance',
        title: 'Node',
        link: {
          title: 'Show this node',
          url: '/d/pipefleet-node?var-instance=${__value.text}&${__url_time_range}',
        },
      },
      { field: peers, title: 'Region' },
      { field: 'Value', title: 'Since', unit: 'dateTimeFromNow' },
    ],
  });
}
