import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { findTool } from '../stack/tools.js';
import { createOwnMetrics } from './own-metrics.js';

test('the exporter speaks of itself in well-formed metrics', async () => {
  let nodes = 3;
  const metrics = createOwnMetrics('1.2.3', () => ({
    nodes,
    probesInFlight: 1,
    connections: { dialing: 0, ready: 2, backoff: 1 },
  }));
  metrics.recordReload(true);
  metrics.recordReload(false);
  metrics.recordDial('none', 0.1);
  metrics.recordDial('auth', 0.2);
  metrics.recordRejected();
  metrics.recordJoined();
  metrics.recordProbe({ module: 'node', reason: 'auth', durationSeconds: 0.3 });
  nodes = 4;
  const text = await metrics.render();
  for (const line of [
    `pipefleet_build_info{version="1.2.3",node_version="${process.version}"} 1`,
    'pipefleet_nodes 4',
    'pipefleet_probes_in_flight 1',
    'pipefleet_ssh_connections{state="ready"} 2',
    'pipefleet_config_last_reload_successful 0',
    'pipefleet_probes_total{module="node",reason="auth"} 1',
    'pipefleet_probe_duration_seconds_count{module="node"} 1',
    'pipefleet_probes_rejected_total 1',
    'pipefleet_probes_joined_total 1',
    'pipefleet_ssh_dials_total{reason="auth"} 1',
    'pipefleet_ssh_dial_duration_seconds_count 1',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  const promtool = await findTool('promtool');
  const ours = text
    .split('\n')
    .filter((line) => line.includes('pipefleet_'))
    .join('\n');
  expect(execFileSync(promtool, ['check', 'metrics'], { input: `${ours}\n`, encoding: 'utf8' })).toBe('');
});
