import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import type { PoolHealth } from '../core/pool-observer.js';
import { findTool } from '../stack/tools.js';
import { createOwnMetrics } from './own-metrics.js';

test('the exporter speaks of itself in well-formed metrics', async () => {
  let nodes = 3;
  let jumps: PoolHealth['jumps'] = [
    { jump: 'old', up: false, dialsInFlight: 0, dialsQueued: 0, dialsLimit: 1, connections: 0 },
    { jump: 'outer', up: undefined, dialsInFlight: 2, dialsQueued: 3, dialsLimit: 4, connections: 5 },
  ];
  const metrics = createOwnMetrics('1.2.3', () => ({
    nodes,
    probesInFlight: 1,
    connections: { dialing: 0, ready: 2, backoff: 1 },
    ssh: {
      backoff: new Map([['auth', 1]]),
      longestBackoffSeconds: 17.5,
      queuedLogins: 6,
      oldestConnectionSeconds: 60,
      jumps,
    },
  }));
  await metrics.render();
  jumps = jumps.slice(1);
  metrics.recordReload(true);
  metrics.recordReload(false);
  metrics.ssh.dialled('none', 0.1);
  metrics.ssh.dialled('auth', 0.2);
  metrics.ssh.jumpDialled('outer', 'host_key_changed', 0.2);
  metrics.ssh.queued(0.3);
  metrics.ssh.loggedIn(0.4);
  metrics.ssh.commanded('kept');
  metrics.ssh.closed('idle', 700);
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
    'pipefleet_ssh_handshake_duration_seconds_sum 0.4',
    'pipefleet_ssh_queue_wait_seconds_sum 0.3',
    'pipefleet_ssh_login_queue_length 6',
    'pipefleet_ssh_commands_total{connection="kept"} 1',
    'pipefleet_ssh_commands_total{connection="new"} 0',
    'pipefleet_ssh_connections_closed_total{cause="idle"} 1',
    'pipefleet_ssh_connections_closed_total{cause="keepalive"} 0',
    'pipefleet_ssh_connection_lifetime_seconds_sum 700',
    'pipefleet_ssh_connection_oldest_age_seconds 60',
    'pipefleet_ssh_backoff_nodes{reason="auth"} 1',
    'pipefleet_ssh_backoff_nodes{reason="jump"} 0',
    'pipefleet_ssh_backoff_longest_seconds 17.5',
    'pipefleet_ssh_jump_dials_total{jump="outer",reason="host_key_changed"} 1',
    'pipefleet_ssh_jump_dials_total{jump="outer",reason="auth"} 0',
    'pipefleet_ssh_jump_dials_in_flight{jump="outer"} 2',
    'pipefleet_ssh_jump_dials_queued{jump="outer"} 3',
    'pipefleet_ssh_jump_dials_limit{jump="outer"} 4',
    'pipefleet_ssh_jump_connections{jump="outer"} 5',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  // What is not known is absent, and what has left leaves no state behind.
  expect(text).not.toContain('pipefleet_ssh_jump_up{');
  expect(text).not.toContain('pipefleet_ssh_jump_connections{jump="old"}');
  const promtool = await findTool('promtool');
  const ours = text
    .split('\n')
    .filter((line) => line.includes('pipefleet_'))
    .join('\n');
  expect(execFileSync(promtool, ['check', 'metrics'], { input: `${ours}\n`, encoding: 'utf8' })).toBe('');
});
