import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { closeCauses } from '../core/close-cause.js';
import { failureReasons } from '../core/failure.js';
import type { JumpHealth, PoolHealth, PoolObserver } from '../core/pool-observer.js';
import { LATENCIES } from './latencies.js';

const LIFETIMES = [1, 10, 60, 300, 900, 1800, 3600, 7200, 21_600, 86_400];
const DIAL_FAILURES = failureReasons.filter((reason) => reason !== 'none');

/**
 * The metrics of SSH connections: what is told is counted, what is held is read at each scrape.
 *
 * @param health must not throw
 */
export function createSshMetrics(registry: Registry, health: () => PoolHealth): PoolObserver {
  const registers = [registry];
  const dials = new Counter({
    name: 'pipefleet_ssh_dials_total',
    help: 'Attempts to connect to a node, by outcome.',
    labelNames: ['reason'],
    registers,
  });
  const dialDurations = new Histogram({
    name: 'pipefleet_ssh_dial_duration_seconds',
    help: 'Time from look-up to login of successful attempts.',
    buckets: LATENCIES,
    registers,
  });
  const handshakes = new Histogram({
    name: 'pipefleet_ssh_handshake_duration_seconds',
    help: 'Time that key exchange and login took, of those that succeeded, jump hosts included.',
    buckets: LATENCIES,
    registers,
  });
  new Gauge({
    name: 'pipefleet_ssh_login_queue_length',
    help: 'Logins that wait for a place (limits.concurrent_logins).',
    registers,
    collect() {
      this.set(health().queuedLogins);
    },
  });
  const waits = new Histogram({
    name: 'pipefleet_ssh_queue_wait_seconds',
    help: 'Time that logins waited for a place.',
    buckets: LATENCIES,
    registers,
  });
  const commands = new Counter({
    name: 'pipefleet_ssh_commands_total',
    help: 'Commands by the connection that they ran on: one that was kept, or a new one.',
    labelNames: ['connection'],
    registers,
  });
  const closed = new Counter({
    name: 'pipefleet_ssh_connections_closed_total',
    help: 'Connections that were closed, by cause, jump hosts included.',
    labelNames: ['cause'],
    registers,
  });
  const lifetimes = new Histogram({
    name: 'pipefleet_ssh_connection_lifetime_seconds',
    help: 'Age at which connections were closed.',
    buckets: LIFETIMES,
    registers,
  });
  new Gauge({
    name: 'pipefleet_ssh_connection_oldest_age_seconds',
    help: 'Age of the oldest open connection; absent when none is open.',
    registers,
    collect() {
      this.remove();
      const { oldestConnectionSeconds } = health();
      if (oldestConnectionSeconds !== undefined) this.set(oldestConnectionSeconds);
    },
  });
  new Gauge({
    name: 'pipefleet_ssh_backoff_nodes',
    help: 'Nodes that wait to be connected to again, by the reason of the last failure.',
    labelNames: ['reason'],
    registers,
    collect() {
      const { backoff } = health();
      for (const reason of DIAL_FAILURES) this.set({ reason }, backoff.get(reason) ?? 0);
    },
  });
  new Gauge({
    name: 'pipefleet_ssh_backoff_longest_seconds',
    help: 'Longest time until a node that waits is connected to again; 0 when none waits.',
    registers,
    collect() {
      this.set(health().longestBackoffSeconds);
    },
  });

  const jumpGauge = (name: string, help: string, valueOf: (jump: JumpHealth) => number | undefined): void => {
    new Gauge({
      name,
      help,
      labelNames: ['jump'],
      registers,
      collect() {
        // A jump host that has left the configuration leaves nothing behind.
        this.reset();
        for (const jump of health().jumps) {
          const value = valueOf(jump);
          if (value !== undefined) this.set({ jump: jump.jump }, value);
        }
      },
    });
  };
  jumpGauge(
    'pipefleet_ssh_jump_up',
    'Whether the last attempt to connect to the jump host succeeded; absent before the first.',
    ({ up }) => (up === undefined ? undefined : Number(up)),
  );
  const jumpDials = new Counter({
    name: 'pipefleet_ssh_jump_dials_total',
    help: 'Attempts to connect to the jump host itself, by outcome.',
    labelNames: ['jump', 'reason'],
    registers,
    collect() {
      for (const { jump } of health().jumps) {
        for (const reason of failureReasons) this.inc({ jump, reason }, 0);
      }
    },
  });
  jumpGauge(
    'pipefleet_ssh_jump_connections',
    'Connections that are open through the jump host, those being opened included.',
    ({ connections }) => connections,
  );
  jumpGauge(
    'pipefleet_ssh_jump_dials_in_flight',
    'Connections that are being opened through the jump host.',
    ({ dialsInFlight }) => dialsInFlight,
  );
  jumpGauge(
    'pipefleet_ssh_jump_dials_queued',
    'Connections that wait to be opened through the jump host.',
    ({ dialsQueued }) => dialsQueued,
  );
  jumpGauge(
    'pipefleet_ssh_jump_dials_limit',
    'Connections that may be opened through the jump host at once (concurrent_dials).',
    ({ dialsLimit }) => dialsLimit,
  );

  // A counter that begins at its first event hides that event from increase().
  for (const reason of failureReasons) dials.inc({ reason }, 0);
  for (const cause of closeCauses) closed.inc({ cause }, 0);
  for (const connection of ['kept', 'new']) commands.inc({ connection }, 0);

  return {
    dialled: (reason, seconds) => {
      dials.inc({ reason });
      if (reason === 'none') dialDurations.observe(seconds);
    },
    jumpDialled: (jump, reason) => jumpDials.inc({ jump, reason }),
    queued: (seconds) => waits.observe(seconds),
    loggedIn: (seconds) => handshakes.observe(seconds),
    commanded: (connection) => commands.inc({ connection }),
    closed: (cause, ageSeconds) => {
      closed.inc({ cause });
      lifetimes.observe(ageSeconds);
    },
  };
}
