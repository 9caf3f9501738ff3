import { alert, promql, type AlertGroup } from '../rule.js';
import type { Scope } from '../scope.js';

/**
 * An expression that counts the nodes that did not answer for two minutes: as of now, or as their exporter last knew them, for up to
 * an hour. Only what is a target now counts, and what it last was is what it was while its exporter answered: a single probe that
 * failed before the end of the exporter says nothing. The hour bounds the cost, and is time enough to act on PipefleetInstanceDown and
 * PipeNodeScrapeFailing.
 *
 * @param group labels of the count, and `by` those of a node
 */
function countDown(
  { range, evaluationSeconds }: Scope,
  selector: string,
  { group, by }: { group: string; by: string },
): string {
  const known = promql`
    max by (${by}) (max_over_time(probe_success{${selector}}[${range('2m')}]))
    and on (${by}) max by (${by}) (up{${selector}}) == 1
    and on (${by}) present_over_time(probe_success{${selector}}[${range('5m')}] offset 2m)`;
  const nested = known.replaceAll('\n', '\n    ');
  return `count by (${group}) (
  (
    ${nested}
    or
    last_over_time((
    ${nested}
    )[1h:${evaluationSeconds}s])
  ) == 0
  and on (${by}) up{${selector}}
)`;
}

export const REACHABILITY_ALERTS: AlertGroup = {
  name: 'pipefleet-reachability',
  alerts: [
    alert({
      name: 'PipeNodeDown',
      severity: 'critical',
      note: 'No probe succeeded for two minutes. There is no `for`: the reason is a label, and a pending alert would start anew whenever the reason changes. The offset keeps a node that was added a moment ago from alarming before its two minutes.',
      expr: ({ node, range }) => promql`
        max by (job, instance) (avg_over_time(probe_success{${node}}[1h]))
          * on (job, instance) group_right () (
            probe_failure_reason{${node}, reason!="none"} == 1
            and on (job, instance) max by (job, instance) (max_over_time(probe_success{${node}}[${range('2m')}])) == 0
            and on (job, instance) present_over_time(probe_success{${node}}[${range('5m')}] offset 2m)
          )`,
      keepFiringFor: '2m',
      summary: 'A Pipe node cannot be probed.',
      description:
        '{{ $labels.instance }} has not answered a probe for two minutes; the last one failed with reason {{ $labels.reason }}. {{ $value | humanizePercentage }} of its probes succeeded in the past hour.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodesDownMany',
      severity: 'critical',
      note: 'At least a quarter of the fleet, and at least three nodes: one of two is not many. It inhibits PipeNodeDown, and so has no `for` either: it must fire in the same evaluation. The share is one of all nodes that Prometheus asks for. When an exporter ends, its nodes count as it last knew them, for an hour: its end neither makes an outage nor ends one.',
      settings: {
        share: { value: 0.25, meaning: 'share of the nodes that are down' },
        nodes: { value: 3, meaning: 'nodes that must be down at least' },
      },
      expr: (scope, { share, nodes }) =>
        `(${countDown(scope, scope.node, { group: 'job', by: 'job, instance' })} >= ${nodes})
  / count by (job) (max by (job, instance) (up{${scope.node}}))
  >= ${share}`,
      keepFiringFor: '5m',
      summary: 'A large part of the fleet cannot be probed.',
      description:
        '{{ $value | humanizePercentage }} of the nodes have not answered a probe for two minutes. Look first at what they share: the way out of the exporter, its key, the provider.',
      dashboard: 'fleet',
    }),
    alert({
      name: 'PipeNodeHostKeyChanged',
      severity: 'critical',
      note: 'At once: nothing but a person can decide what a changed key means.',
      expr: ({ node, range }) =>
        `max_over_time(probe_failure_reason{${node}, reason=~"host_key_changed|host_key_revoked"}[${range('5m')}]) == 1`,
      summary: 'A Pipe node shows a host key that must not be trusted.',
      description:
        '{{ $labels.instance }} answered with another host key than the known one ({{ $labels.reason }}). Nothing was sent to it. It was either installed anew, or somebody else answers at its address.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeAuthFailed',
      severity: 'critical',
      note: 'As it withholds PipeNodeDown, it must fire in the same evaluation: no `for`.',
      expr: ({ node, range }) => promql`
        min_over_time(probe_failure_reason{${node}, reason="auth"}[${range('2m')}]) == 1
          and present_over_time(probe_failure_reason{${node}, reason="auth"}[${range('5m')}] offset 2m)`,
      keepFiringFor: '2m',
      summary: 'A Pipe node refuses the key of the exporter.',
      description:
        '{{ $labels.instance }} refused the key in every probe of the past two minutes. This does not mend itself.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeScrapeFailing',
      severity: 'warning',
      note: 'Not the same as a node that is down: here even probe_success is missing, and every other alert about the node is blind. It ends before PipefleetDown does, which withholds it: hence the short keep_firing_for. The slow jobs take up to four minutes to see that the exporter is back: they do not count where the fast one got no answer before.',
      expr: ({ node, slow, range }) => promql`
        max_over_time(up{${node}}[${range('5m')}]) == 0
        or
        max_over_time(up{${slow}}[20m]) == 0
          unless on (instance) max_over_time(up{${node}}[${range('2m')}] offset 4m) == 0`,
      for: '1m',
      keepFiringFor: '1m',
      summary: 'Prometheus gets no answer about a Pipe node.',
      description:
        'The exporter gave the job {{ $labels.job }} no answer about {{ $labels.instance }} for at least five minutes, so that nothing of what it asks for is known: the exporter refused the probe, took longer than the scrape timeout, or its answer was past a limit of the scrape job.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeCollectorFailing',
      severity: 'warning',
      expr: ({ node, slow, range }) => promql`
        max_over_time(probe_collector_success{${node}}[${range('10m')}]) == 0
          and on (job, instance) max_over_time(probe_success{${node}}[${range('10m')}]) == 1
        or
        max_over_time(probe_collector_success{${slow}}[20m]) == 0
          and on (job, instance) max_over_time(probe_success{${slow}}[20m]) == 1`,
      for: '2m',
      keepFiringFor: '5m',
      summary: 'A part of what is read from a Pipe node is missing.',
      description:
        'The collector {{ $labels.collector }} could not read its part of the output of {{ $labels.instance }} for at least ten minutes, while the rest of the probe succeeded.',
      dashboard: 'node',
    }),

    alert({
      name: 'PipeRegionDown',
      severity: 'critical',
      note: 'Every node of a region, of which there are several. It inhibits PipeNodeDown, and so has no `for` either. Nodes of an exporter that has ended count as it last knew them, for an hour.',
      settings: { nodes: { value: 2, meaning: 'nodes that the region must have at least' } },
      expr: (scope, { nodes }) => {
        const selector = `${scope.node}, ${scope.peers}!=""`;
        const group = `job, ${scope.peers}`;
        const by = `job, instance, ${scope.peers}`;
        return `(${countDown(scope, selector, { group, by })} >= ${nodes})
  == count by (${group}) (max by (${by}) (up{${selector}}))`;
      },
      keepFiringFor: '5m',
      summary: 'No Pipe node of a region can be probed.',
      description: ({ peers }) =>
        `None of the {{ $value | humanize }} nodes of {{ $labels.${peers} }} has answered a probe for two minutes. Look first at what they share there: the network, the provider, a jump host.`,
      dashboard: 'fleet',
    }),
    alert({
      name: 'PipeNodeFlapping',
      severity: 'warning',
      settings: { changes: { value: 6, meaning: 'changes between up and down in an hour' } },
      expr: ({ node }, { changes }) => `changes(probe_success{${node}}[1h]) > ${changes}`,
      keepFiringFor: '30m',
      summary: 'A Pipe node comes and goes.',
      description:
        '{{ $labels.instance }} changed between up and down {{ $value | humanize }} times in the past hour.',
      dashboard: 'node',
    }),
    alert({
      name: 'PipeNodeProbeSlow',
      severity: 'warning',
      note: 'Before probes begin to run out of time, and the node to be called down.',
      settings: { seconds: { value: 10, meaning: 'seconds that every probe took' } },
      expr: ({ node }, { seconds }) => promql`
        min_over_time(probe_duration_seconds{${node}}[15m]) > ${seconds}
          and on (job, instance) max_over_time(probe_success{${node}}[15m]) == 1`,
      for: '5m',
      keepFiringFor: '5m',
      summary: 'Probes of a Pipe node take long.',
      description:
        'No probe of {{ $labels.instance }} took less than {{ $value | humanizeDuration }} in the past 15 minutes. When they take longer than the time limit, nothing more is known of the node.',
      dashboard: 'node',
    }),
  ],
};
