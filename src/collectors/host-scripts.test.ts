import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Collector } from './collector.js';
import { hostClock } from './host-clock.js';
import { hostUpdates } from './host-updates.js';
import { pipeListen } from './pipe-listen.js';
import { pipeLog } from './pipe-log.js';
import { pipeTls } from './pipe-tls.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { ask, SHELLS } from './testing/node.js';
import { expectPromised } from './testing/promises.js';
import { replay } from './testing/replayed-node.js';

let root: FakeRoot;
beforeEach(() => {
  root = createFakeRoot();
});
afterEach(() => root.remove());

describe.each(SHELLS)('%s', (shell) => {
  const run = async (collector: Collector, software = {}) => {
    const { samples } = await ask(collector, { shell, root }, software);
    expectPromised(collector, samples);
    return samples.map(
      ({ metric, labels, value }) => `${[metric, ...Object.values(labels ?? {})].join(' ')} ${value}`,
    );
  };

  describe('updates', () => {
    test('a system that does not tell is not taken for one without updates', async () => {
      expect(await run(hostUpdates)).toEqual([]);
    });

    test('what Ubuntu has written down', async () => {
      root.write('/usr/share/update-notifier/notify-reboot-required', '');
      root.write(
        '/var/lib/update-notifier/updates-available',
        '\n15 updates can be applied immediately.\n7 of these updates are standard security updates.\n',
      );
      const samples = await run(hostUpdates);
      expect(samples).toEqual(
        expect.arrayContaining([
          'node_reboot_required 0',
          'pipe_node_updates_pending 15',
          'pipe_node_security_updates_pending 7',
        ]),
      );
      root.write('/run/reboot-required', '*** System restart required ***\n');
      expect(await run(hostUpdates)).toContain('node_reboot_required 1');
    });
  });

  describe('clock', () => {
    test('systemd-timesyncd', async () => {
      root.write('/run/systemd/timesync/other', '');
      expect(await run(hostClock)).toContain('pipe_node_time_synchronized 0');
      root.write('/run/systemd/timesync/synchronized', '');
      expect(await run(hostClock)).toContain('pipe_node_time_synchronized 1');
    });

    test('chronyd, whose server stays on the node', async () => {
      root.program(
        'chronyc',
        `[ "$*" = '-n tracking' ] && echo 'Reference ID    : CB00710A (203.0.113.10)
Stratum         : 3
System time     : 0.000012345 seconds slow of NTP time
Leap status     : Normal'`,
      );
      const { output } = await ask(hostClock, { shell, root });
      expect(output).not.toContain('203.0.113');
      expect(await run(hostClock)).toEqual(
        expect.arrayContaining([
          'pipe_node_time_stratum 3',
          'pipe_node_time_offset_seconds -0.000012345',
          'pipe_node_time_synchronized 1',
        ]),
      );
    });

    test('a chronyc without a daemon says nothing', async () => {
      root.program('chronyc', 'echo "506 Cannot talk to daemon"; exit 1');
      expect((await run(hostClock)).filter((line) => !line.includes('daemon_info'))).toEqual([]);
    });
  });

  describe('ports', () => {
    test('a host without node software is expected to listen nowhere', async () => {
      expect(await run(pipeListen)).toEqual([]);
    });

    test('who listens is told from who does not', async () => {
      root.write('/opt/popcache/config.json', '{}');
      const server = await replay((_request, response) => response.end());
      expect(await run(pipeListen, { httpPort: server.port, httpsPort: 1 })).toEqual([
        `pipe_node_port_listening ${server.port} 1`,
        'pipe_node_port_listening 1 0',
      ]);
      server.close();
    });
  });

  describe('TLS', () => {
    const openssl = (answer: string) =>
      root.program(
        'openssl',
        `case $1 in s_client) ${answer} ;; x509) grep -q BEGIN && echo 'notAfter=Nov  2 20:00:00 2027 GMT' ;; esac`,
      );

    test('a certificate, an answer without TLS, and no answer', async () => {
      root.write('/opt/popcache/config.json', '{}');
      openssl('echo CONNECTED; echo -----BEGIN CERTIFICATE-----');
      expect(await run(pipeTls)).toEqual([
        'pipe_node_tls_active 1',
        'pipe_node_tls_certificate_not_after_timestamp_seconds 1825185600',
      ]);
      openssl('echo CONNECTED; echo error:0A00010B:SSL routines:ssl3_get_record:wrong version number >&2');
      expect(await run(pipeTls)).toEqual(['pipe_node_tls_active 0']);
      openssl('echo connect:errno=111 >&2');
      expect(await run(pipeTls)).toEqual([]);
    });

    test('only the software of testnet and mainnet is asked', async () => {
      root.write('/etc/pipe-node/node.env', '');
      openssl('echo -----BEGIN CERTIFICATE-----');
      expect(await run(pipeTls)).toEqual([]);
    });
  });

  describe('journal', () => {
    const journal = (text: string) => root.program('journalctl', text);
    const lines = async () => {
      const { output, samples } = await ask(pipeLog, { shell, root });
      expect(output).not.toContain('INVITE');
      return samples
        .filter(({ value }) => value > 0)
        .map(({ metric, labels, value }) => `${metric} ${Object.values(labels ?? {}).join(' ')} ${value}`);
    };

    beforeEach(() => {
      root.write('/etc/systemd/system/popcache.service', '[Service]\n');
      journal('echo "ERROR: Failed to register INVITE"; echo "$*" >&2');
    });

    test('is read where the account may read that of the system', async () => {
      root.write('/var/log/journal/0123/system.journal', '');
      expect(await lines()).toEqual(['pipe_node_journal_recent_lines popcache.service registration 1']);
    });

    test('is not asked where it may not: what it would say is not the whole of it', async () => {
      expect(await lines()).toEqual([]);
    });

    test('is not counted when it did not come to its end', async () => {
      root.write('/var/log/journal/0123/system.journal', '');
      journal('echo "ERROR: Failed to register INVITE"; exit 1');
      expect(await lines()).toEqual([]);
    });
  });
});

test('a chronyc that hangs keeps neither the batch nor its output open', async () => {
  // All shells at once, since each waits as long as it may.
  const sleepers = await Promise.all(
    SHELLS.map(async (shell) => {
      const own = createFakeRoot();
      own.program('chronyc', `sleep 60 &\necho $! >'${own.path}/sleeper'\nwait`);
      const { samples } = await ask(hostClock, { shell, root: own });
      expect(samples.filter(({ metric }) => !metric.includes('daemon_info'))).toEqual([]);
      const sleeper = Number(readFileSync(own.at('/sleeper'), 'utf8'));
      own.remove();
      return sleeper;
    }),
  );
  // They still run, without a hold on the output: the batch would not have ended.
  for (const sleeper of sleepers) expect(process.kill(sleeper)).toBe(true);
});
