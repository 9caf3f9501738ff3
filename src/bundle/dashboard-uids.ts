import type { DashboardName } from './rule.js';

/** Identifiers of the dashboards in Grafana. They stand in bookmarks and alerts: never change one. */
export const DASHBOARD_UIDS: Readonly<Record<DashboardName, string>> = {
  home: 'pipefleet-home',
  fleet: 'pipefleet-fleet',
  node: 'pipefleet-node',
  compare: 'pipefleet-compare',
  reliability: 'pipefleet-reliability',
  capacity: 'pipefleet-capacity',
  versions: 'pipefleet-versions',
  security: 'pipefleet-security',
  exporter: 'pipefleet-exporter',
  network: 'pipefleet-network',
};

/** Dashboards that show one node, or have a choice of nodes. */
const OF_A_NODE: readonly DashboardName[] = [
  'node',
  'compare',
  'reliability',
  'capacity',
  'versions',
  'security',
];

/** The path of a dashboard below Grafana's address; of one about nodes, with the instance of an alert filled in. */
export function dashboardPath(name: DashboardName): string {
  const path = `/d/${DASHBOARD_UIDS[name]}`;
  return OF_A_NODE.includes(name) ? `${path}?var-instance={{ $labels.instance }}` : path;
}
