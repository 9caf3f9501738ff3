import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sketchCredential, sketchNode } from '../../inventory/testing/sketches.js';
import { findTool } from '../../stack/tools.js';
import type { Hop } from '../hop.js';
import { clientConfig, sessionConfig, type Way } from './ssh-config.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const way = (hop: Hop, parts: Partial<Way> = {}): Way => ({
  hop,
  address: undefined,
  identity: [
    ['IdentityFile', '/keys/monitor'],
    ['IdentitiesOnly', 'yes'],
  ],
  socket: '/run/s',
  proxyCommand: undefined,
  keepaliveSeconds: 15,
  connectSeconds: undefined,
  ...parts,
});

/** What OpenSSH itself makes of a configuration. */
async function understood(text: string, host: string): Promise<ReadonlyMap<string, string>> {
  const file = join(folder, 'config');
  writeFileSync(file, text);
  const printed = execFileSync(await findTool('ssh'), ['-F', file, '-G', '--', host], { encoding: 'utf8' });
  return new Map(
    printed.split('\n').map((line): [string, string] => {
      const [keyword = '', ...value] = line.split(' ');
      return [keyword, value.join(' ')];
    }),
  );
}

describe('the configuration of a client', () => {
  test('is understood by OpenSSH as it is meant', async () => {
    const hop = sketchNode({
      host: '2001:db8::7',
      port: 2222,
      knownHosts: ['/a folder/100% known', '/more'],
    });
    const seen = await understood(clientConfig(way(hop, { connectSeconds: 3 })), hop.host);
    expect(Object.fromEntries(seen)).toMatchObject({
      hostname: '2001:db8::7',
      port: '2222',
      user: 'pipefleet',
      hostkeyalias: '[2001:db8::7]:2222',
      stricthostkeychecking: 'true',
      globalknownhostsfile: '/dev/null',
      userknownhostsfile: '/a folder/100% known /more',
      updatehostkeys: 'false',
      batchmode: 'yes',
      preferredauthentications: 'publickey',
      passwordauthentication: 'no',
      forwardagent: 'no',
      clearallforwardings: 'yes',
      permitlocalcommand: 'no',
      controlmaster: 'true',
      controlpath: '/run/s',
      controlpersist: 'no',
      serveraliveinterval: '15',
      serveralivecountmax: '3',
      connecttimeout: '3',
      identityfile: '/keys/monitor',
    });
  });

  test('is stronger than the file of the operator, which may add what it does not say', async () => {
    const sshConfig = join(folder, 'operator');
    const loose = [
      'StrictHostKeyChecking accept-new',
      'UserKnownHostsFile /dev/null',
      'GlobalKnownHostsFile /etc/ssh/ssh_known_hosts',
      'KnownHostsCommand /bin/cat /anything',
      'NoHostAuthenticationForLocalhost yes',
      'VerifyHostKeyDNS yes',
      'UpdateHostKeys yes',
      'User root',
      'PasswordAuthentication yes',
      'PreferredAuthentications password',
      'ForwardAgent yes',
      'ForwardX11 yes',
      'LocalForward 8080 localhost:80',
      'PermitLocalCommand yes',
      'RemoteCommand uptime',
      'RequestTTY force',
      'ForkAfterAuthentication yes',
      'ControlPath /elsewhere',
      'ControlPersist yes',
      'LogLevel QUIET',
    ];
    const added = [
      'Ciphers aes256-gcm@openssh.com',
      'ProxyCommand nc %h %p',
      'HostName 192.0.2.7',
      'Port 2200',
    ];
    writeFileSync(sshConfig, `Host fra-1\n${[...loose, ...added].map((one) => `  ${one}\n`).join('')}`);
    const hop = sketchNode({ host: 'fra-1', credential: sketchCredential({ sshConfig }) });
    const alone = await understood(clientConfig(way(sketchNode({ host: 'fra-1' }))), 'fra-1');
    const both = await understood(clientConfig(way(hop)), 'fra-1');
    const changed = [...both].filter(([keyword, value]) => alone.get(keyword) !== value);
    expect(Object.fromEntries(changed)).toEqual({
      ciphers: 'aes256-gcm@openssh.com',
      proxycommand: 'nc %h %p',
      hostname: '192.0.2.7',
      port: '2200',
    });
  });

  test('cannot hold a path that would end its word or ask for a variable', () => {
    for (const path of ['/a"b', '/a\nProxyCommand evil', '/${HOME}/x']) {
      expect(() => clientConfig(way(sketchNode({ knownHosts: [path] })))).toThrow(
        'give the file or folder a plainer name',
      );
    }
  });
});

test('the client of a session can do nothing without its master', async () => {
  const seen = await understood(sessionConfig('/run/s'), 'node');
  expect(Object.fromEntries(seen)).toMatchObject({
    controlmaster: 'false',
    controlpath: '/run/s',
    proxycommand: 'false',
    stricthostkeychecking: 'true',
    userknownhostsfile: '/dev/null',
    batchmode: 'yes',
  });
});
