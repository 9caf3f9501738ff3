import { fleetDashboard } from './fleet.js';
import { nodeDashboard } from './node.js';

/** Text of every file of grafana/dashboards, by file name. */
export function dashboards(): Record<string, string> {
  return {
    'pipefleet-fleet.json': fleetDashboard(),
    'pipefleet-node.json': nodeDashboard(),
  };
}
