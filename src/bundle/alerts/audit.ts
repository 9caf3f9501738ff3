import { alert, type AlertGroup } from '../rule.js';

export const AUDIT_ALERTS: AlertGroup = {
  name: 'pipefleet-audit',
  alerts: [
    alert({
      name: 'PipeNodeAuditFailed',
      severity: 'warning',
      note: 'An open identity file has an alert of its own, which comes sooner.',
      expr: ({ audit }) =>
        `max without (severity) (max_over_time(pipe_audit_check{${audit}, severity="critical", check!="identity-files-mode"}[20m])) == 0`,
      for: '5m',
      keepFiringFor: '10m',
      summary: 'A Pipe node fails a critical check of its security.',
      description:
        '{{ $labels.instance }} fails the check {{ $labels.check }}: somebody could get in, become root or take the identity of the node.',
      dashboard: 'security',
    }),
    alert({
      name: 'PipeNodeAuditRemarks',
      severity: 'info',
      settings: { checks: { value: 0, meaning: 'checks of severity warning that may fail' } },
      expr: ({ audit }, { checks }) =>
        `count by (job, instance) (max_over_time(pipe_audit_check{${audit}, severity="warning"}[20m]) == 0) > ${checks}`,
      for: '1h',
      keepFiringFor: '10m',
      summary: 'A Pipe node fails checks of its security.',
      description: '{{ $labels.instance }} fails {{ $value | humanize }} checks of severity warning.',
      dashboard: 'security',
    }),
  ],
};
