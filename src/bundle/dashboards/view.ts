import { scopeOf, type Scope } from '../scope.js';
import type { BundleSettings } from '../settings.js';

/** What a dashboard needs to speak of the series of one fleet: label matchers without braces, with Grafana's variables in them. */
export interface View {
  readonly scope: Scope;
  /** The nodes that the variables choose, as the job of each module knows them. */
  readonly chosen: string;
  readonly chosenInventory: string;
  readonly chosenAudit: string;
  /** The one node of a dashboard about a single one. */
  readonly node: string;
  readonly nodeInventory: string;
  readonly nodeAudit: string;
  /** Jobs that probe the same nodes another time, as a pattern. */
  readonly slowJobs: string;
  /** The label whose equals are compared, such as region. */
  readonly peers: string;
  /** The page whose headings are the names of the alerts. */
  readonly runbooksUrl: string;
}

/** The view of a fleet's names. */
export function viewOf(settings: BundleSettings): View {
  const scope = scopeOf(settings);
  const { peerLabel, jobs, selector, runbooksUrl } = settings;
  const more = selector === '' ? '' : `, ${selector}`;
  const several = `group=~"$group", ${peerLabel}=~"$region", instance=~"$instance"`;
  const one = 'instance="$instance"';
  return {
    scope,
    chosen: `job=~"$job"${more}, ${several}`,
    chosenInventory: `${scope.inventory}, ${several}`,
    chosenAudit: `${scope.audit}, ${several}`,
    node: `job=~"$job"${more}, ${one}`,
    nodeInventory: `${scope.inventory}, ${one}`,
    nodeAudit: `${scope.audit}, ${one}`,
    slowJobs: `${jobs.inventory}|${jobs.audit}`,
    peers: peerLabel,
    runbooksUrl,
  };
}
