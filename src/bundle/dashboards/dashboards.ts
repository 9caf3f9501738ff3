import type { BundleSettings } from '../settings.js';
import { capacityDashboard } from './capacity.js';
import { compareDashboard } from './compare.js';
import { exporterDashboard } from './exporter.js';
import { fleetDashboard } from './fleet.js';
import { homeDashboard } from './home.js';
import { networkDashboard } from './network.js';
import { nodeDashboard } from './node.js';
import { reliabilityDashboard } from './reliability.js';
import { securityDashboard } from './security.js';
import { versionsDashboard } from './versions.js';
import { viewOf, type View } from './view.js';

/** Every dashboard by the name of its file, in the order in which people meet them. */
const DASHBOARDS: Readonly<Record<string, (view: View) => string>> = {
  'pipefleet-home.json': homeDashboard,
  'pipefleet-fleet.json': fleetDashboard,
  'pipefleet-node.json': nodeDashboard,
  'pipefleet-compare.json': compareDashboard,
  'pipefleet-reliability.json': reliabilityDashboard,
  'pipefleet-capacity.json': capacityDashboard,
  'pipefleet-versions.json': versionsDashboard,
  'pipefleet-security.json': securityDashboard,
  'pipefleet-network.json': networkDashboard,
  'pipefleet-exporter.json': exporterDashboard,
};

/** Text of every file of grafana/dashboards, by file name. */
export function dashboards(settings: BundleSettings): Record<string, string> {
  const view = viewOf(settings);
  return Object.fromEntries(Object.entries(DASHBOARDS).map(([name, render]) => [name, render(view)]));
}
