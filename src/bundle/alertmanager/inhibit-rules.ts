import { ALERT_GROUPS } from '../alerts/registry.js';
import type { Severity } from '../rule.js';
import type { BundleSettings } from '../settings.js';
import type { NotifySettings } from './notify-settings.js';

/** One alert that inhibits others, as Alertmanager reads it, and why. */
export interface InhibitRule {
  readonly why: string;
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/** Alerts by name: causes, and what follows from each of them. */
interface Relation {
  readonly why: string;
  readonly causes: readonly string[];
  readonly consequences: readonly string[];
  /** What else must be true of a consequence. */
  readonly when?: readonly string[];
  /** Labels that must have the same value. */
  readonly equal: readonly string[];
}

const SEVERITIES: ReadonlyMap<string, Severity> = new Map(
  ALERT_GROUPS.flatMap(({ alerts }) => alerts).map(({ name, severity }) => [name, severity]),
);

/** No probe of the node succeeded for two minutes. */
const UNREACHABLE = ['PipeNodeDown', 'PipeNodeAuthFailed'];

/** Those, and what may also fire for one probe of a node that answers otherwise: it makes nothing old, and is never old itself. */
const OF_PROBES = [...UNREACHABLE, 'PipeNodeHostKeyChanged'];

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
 * In Alertmanager, an alert that is inhibited still inhibits others. So whatever inhibits a cause must inhibit its consequences too, and
 * say of them what the cause says.
 */
const relations = (peers: string): readonly Relation[] => [
  {
    why: 'No exporter answers. What one of them saw before, or while another one is down, is true and is sent.',
    causes: ['PipefleetDown'],
    consequences: ['PipeNodeScrapeFailing'],
    equal: [],
  },
  {
    why: 'One message about the fleet, not one per node or region.',
    causes: ['PipeNodesDownMany'],
    consequences: ['PipeNodeDown', 'PipeRegionDown'],
    equal: ['job'],
  },
  {
    why: 'One message about the region, not one per node.',
    causes: ['PipeRegionDown'],
    consequences: ['PipeNodeDown'],
    equal: ['job', peers],
  },
  {
    why: 'The jump host, not each node behind it.',
    causes: ['PipefleetJumpHostDown', 'PipefleetJumpHostKeyChanged'],
    consequences: ['PipeNodeDown'],
    when: ['reason = jump'],
    equal: ['jump'],
  },
  {
    why: 'The cause, not its consequence.',
    causes: ['PipeNodeHostKeyChanged', 'PipeNodeAuthFailed'],
    consequences: ['PipeNodeDown'],
    equal: ['job', 'instance'],
  },
  {
    why: 'A changed key is why it is down.',
    causes: ['PipefleetJumpHostKeyChanged'],
    consequences: ['PipefleetJumpHostDown'],
    equal: ['job', 'instance', 'jump'],
  },
  {
    why: 'A unit that has failed neither restarts nor answers.',
    causes: ['PipeNodeUnitFailed'],
    consequences: ['PipeNodeSoftwareDown', 'PipeNodeRestarting'],
    equal: ['job', 'instance'],
  },
  {
    why: 'Software that does not answer has no part that does, and no traffic.',
    causes: ['PipeNodeSoftwareDown', 'PipeNodeUnitFailed'],
    consequences: OF_THE_SOFTWARE,
    equal: ['instance'],
  },
  {
    why: 'A file system that is full needs no forecast.',
    causes: ['PipeNodeFilesystemAlmostFull'],
    consequences: ['PipeNodeFilesystemFillingUp', 'PipeNodeCacheTooLarge'],
    equal: ['instance', 'mountpoint'],
  },
  {
    why: 'Memory that is short now needs no forecast.',
    causes: ['PipeNodeMemoryHigh'],
    consequences: ['PipeNodeMemoryRunningOut'],
    equal: ['instance'],
  },
  {
    why: 'The month is lost: it is at risk no longer.',
    causes: ['PipeNodeUptimeLost'],
    consequences: ['PipeNodeUptimeAtRisk'],
    equal: ['instance'],
  },
  {
    why: 'What has ended does not end soon.',
    causes: ['PipeNodeCertificateExpired'],
    consequences: ['PipeNodeCertificateExpiring'],
    equal: ['instance'],
  },
];

const RANK: Readonly<Record<Severity, number>> = { none: 0, info: 1, warning: 2, critical: 3 };
const MINOR = ['warning', 'info', 'none'] as const;

/**
 * Causes inhibit consequences, unless that could leave somebody without a message: a person who gets critical alerts may get no warnings,
 * and a team gets only what has its label.
 *
 * Alertmanager takes labels that are missing on both sides for equal: so each source, and with it each target, must have a value for
 * the label that ties them together. Only the label of teams may be missing, or name a team that is not configured: such alerts go to
 * everybody, and inhibit each other whatever their labels of teams.
 */
export function inhibitRules({ peerLabel, notify, alerts }: BundleSettings): InhibitRule[] {
  const rankOf = (name: string): number => RANK[alerts.get(name)?.severity ?? SEVERITIES.get(name) ?? 'none'];
  const consequencesOf = (cause: string, consequences: readonly string[]): string[] =>
    consequences.filter((name) => rankOf(name) <= rankOf(cause));
  const minorOf = (cause: string): string[] => MINOR.filter((severity) => RANK[severity] <= rankOf(cause));
  const rules: InhibitRule[] = [];
  for (const { why, causes, consequences, when = [], equal } of relations(peerLabel)) {
    for (const [names, some] of groupBy(causes, (cause) => alternatives(consequencesOf(cause, consequences))))
      rules.push({
        why,
        source_matchers: [`alertname ${alternatives(some)}`, ...equal.map((label) => `${label} != ""`)],
        target_matchers: [`alertname ${names}`, ...when],
        equal,
      });
  }
  for (const [severities, some] of groupBy(UNREACHABLE, (cause) => alternatives(minorOf(cause))))
    rules.push({
      why: 'What else is said of a node that cannot be probed is old, whichever job said it.',
      source_matchers: [`alertname ${alternatives(some)}`, 'instance != ""'],
      target_matchers: [
        `severity ${severities}`,
        'alertname =~ "Pipe.+"',
        `alertname !~ "${OF_PROBES.join('|')}"`,
      ],
      equal: ['instance'],
    });
  rules.push({
    why: 'The same trouble at two severities: the worse one.',
    source_matchers: ['severity = critical', 'instance != ""'],
    target_matchers: ['severity = warning'],
    equal: ['alertname', 'job', 'instance', 'mountpoint', 'name'],
  });
  return rules.flatMap((rule) => perTeam(rule, notify));
}

/** A rule among the alerts of each team, and one among the alerts that go to everybody; as it is where there are no teams. */
function perTeam(rule: InhibitRule, { teams, team_label: label }: NotifySettings): InhibitRule[] {
  if (teams.length === 0) return [rule];
  const configured = teams
    .map(({ team }) => team.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
    .join('|');
  const ofEverybody = `${label} !~ ${JSON.stringify(configured)}`;
  return [
    { ...rule, equal: [...rule.equal, label] },
    {
      ...rule,
      source_matchers: [...rule.source_matchers, ofEverybody],
      target_matchers: [...rule.target_matchers, ofEverybody],
    },
  ];
}

/** Those that share a key, by key, without those of which it is empty. */
function groupBy(names: readonly string[], keyOf: (name: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const key = keyOf(name);
    if (key !== '') groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return groups;
}

/** The end of a matcher for one of some words; empty for none. */
function alternatives(words: readonly string[]): string {
  const [word = '', ...others] = words;
  if (others.length > 0) return `=~ "${words.join('|')}"`;
  return word === '' ? '' : `= ${word}`;
}
