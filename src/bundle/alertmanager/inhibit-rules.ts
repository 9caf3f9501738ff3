/** One alert that withholds others, as Alertmanager reads it, and why. */
export interface InhibitRule {
  readonly why: string;
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal?: readonly string[];
}

/** What is of no use while the software does not answer. */
const OF_THE_SOFTWARE = [
  'PipeNodeEndpointDown',
  'PipeNodeHealthBad',
  'PipeNodePortClosed',
  'PipeNodeTlsLost',
  'PipeNodeTrafficDrop',
  'PipeNodeHitRatioDrop',
  'PipeNodeUnderperforming',
  'PipeNodeUnregistered',
  'PipeNodeOriginErrors',
];

/**
 * Causes withhold consequences. Alertmanager takes labels that are missing on both sides for equal: so each source, and with it
 * each target, must have a value for the label that ties them together.
 *
 * @param peers the label of regions
 */
export function inhibitRules(peers: string): InhibitRule[] {
  return [
    {
      why: 'What follows from it. Other alerts end by themselves with their data, or come from a second exporter that works.',
      source_matchers: ['alertname = PipefleetDown'],
      target_matchers: ['alertname =~ "PipeNodeScrapeFailing|PipeNodesDownMany|PipeRegionDown"'],
    },
    {
      why: 'One message about the fleet, not one a node or a region.',
      source_matchers: ['alertname = PipeNodesDownMany', 'job != ""'],
      target_matchers: ['alertname =~ "PipeNodeDown|PipeRegionDown"'],
      equal: ['job'],
    },
    {
      why: 'One message about the region, not one a node.',
      source_matchers: ['alertname = PipeRegionDown', 'job != ""', `${peers} != ""`],
      target_matchers: ['alertname = PipeNodeDown'],
      equal: ['job', peers],
    },
    {
      why: 'The jump host, not each node behind it.',
      source_matchers: ['alertname =~ "PipefleetJumpHostDown|PipefleetJumpHostKeyChanged"', 'jump != ""'],
      target_matchers: ['alertname = PipeNodeDown', 'reason = jump'],
      equal: ['jump'],
    },
    {
      why: 'The cause, not its consequence. Both are critical, so that no other rule withholds the cause in turn.',
      source_matchers: [
        'alertname =~ "PipeNodeHostKeyChanged|PipeNodeAuthFailed"',
        'job != ""',
        'instance != ""',
      ],
      target_matchers: ['alertname = PipeNodeDown'],
      equal: ['job', 'instance'],
    },
    {
      why: 'A changed key is why it is down.',
      source_matchers: [
        'alertname = PipefleetJumpHostKeyChanged',
        'job != ""',
        'instance != ""',
        'jump != ""',
      ],
      target_matchers: ['alertname = PipefleetJumpHostDown'],
      equal: ['job', 'instance', 'jump'],
    },
    {
      why: 'What else is said of a node that cannot be probed is old, whichever job said it.',
      source_matchers: ['alertname = PipeNodeDown', 'instance != ""'],
      target_matchers: ['severity =~ "warning|info"', 'alertname =~ "Pipe.+"'],
      equal: ['instance'],
    },
    {
      why: 'A unit that has failed neither restarts nor answers.',
      source_matchers: ['alertname = PipeNodeUnitFailed', 'job != ""', 'instance != ""'],
      target_matchers: ['alertname =~ "PipeNodeSoftwareDown|PipeNodeRestarting"'],
      equal: ['job', 'instance'],
    },
    {
      why: 'Software that does not answer has no part that does, and no traffic.',
      source_matchers: ['alertname =~ "PipeNodeSoftwareDown|PipeNodeUnitFailed"', 'instance != ""'],
      target_matchers: [`alertname =~ "${OF_THE_SOFTWARE.join('|')}"`],
      equal: ['instance'],
    },
    {
      why: 'A file system that is full needs no forecast.',
      source_matchers: ['alertname = PipeNodeFilesystemAlmostFull', 'instance != ""', 'mountpoint != ""'],
      target_matchers: ['alertname =~ "PipeNodeFilesystemFillingUp|PipeNodeCacheTooLarge"'],
      equal: ['instance', 'mountpoint'],
    },
    {
      why: 'Memory that is short now needs no forecast.',
      source_matchers: ['alertname = PipeNodeMemoryHigh', 'instance != ""'],
      target_matchers: ['alertname = PipeNodeMemoryRunningOut'],
      equal: ['instance'],
    },
    {
      why: 'The month is lost: it is at risk no longer.',
      source_matchers: ['alertname = PipeNodeUptimeLost', 'instance != ""'],
      target_matchers: ['alertname = PipeNodeUptimeAtRisk'],
      equal: ['instance'],
    },
    {
      why: 'What has ended does not end soon.',
      source_matchers: ['alertname = PipeNodeCertificateExpired', 'instance != ""'],
      target_matchers: ['alertname = PipeNodeCertificateExpiring'],
      equal: ['instance'],
    },
    {
      why: 'The same trouble at two severities: the worse one.',
      source_matchers: ['severity = critical', 'instance != ""'],
      target_matchers: ['severity = warning'],
      equal: ['alertname', 'job', 'instance', 'mountpoint', 'name'],
    },
  ];
}
