import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkConfig } from '../../config/load.js';
import { addNodes } from '../../config/edit/nodes.js';
import { importFormats, READERS } from './readers.js';

const shown = (format: keyof typeof READERS, text: string) =>
  READERS[format](text).candidates.map(({ name, host, port, groups, labels }) => [
    name,
    host,
    port,
    groups,
    labels,
  ]);

describe('an ssh_config', () => {
  test('gives its aliases as ssh would reach them, and says what it passes over', () => {
    const text = `Include other
Host fra-1 ams-1
  HostName %h.example.net
Host nyc-1
  HostName 192.0.2.7
  ProxyJump bastion
Host *.internal !bad
  User root
Host *
  Port 2222
Match user root
  Port 1
`;
    expect(shown('ssh-config', text)).toEqual([
      ['fra-1', 'fra-1.example.net', 2222, [], {}],
      ['ams-1', 'ams-1.example.net', 2222, [], {}],
      ['nyc-1', '192.0.2.7', 2222, [], {}],
    ]);
    expect(READERS['ssh-config'](text).warnings).toEqual([
      'An Include is not followed; import that file by itself.',
      'Host nyc-1: it is reached through ProxyJump; add that as a jump host, and to this node as "jump".',
      'A Match block is passed over.',
    ]);
  });
});

test('an ssh_config that is imported runs nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-import-'));
  const canary = join(folder, 'canary');
  const text = `Host fra-1\n  HostName 192.0.2.1\nMatch exec "touch ${canary}"\n  Port 1\nHost *\n  Port 2222\n`;
  expect(shown('ssh-config', text)).toEqual([['fra-1', '192.0.2.1', 2222, [], {}]]);
  expect(existsSync(canary)).toBe(false);
  rmSync(folder, { recursive: true });
});

describe('an inventory of Ansible', () => {
  const expected = [
    ['mail', 'mail.example.net', undefined, [], {}],
    ['web01', 'web01', 2222, ['web', 'eu'], {}],
    ['web02', 'web02', undefined, ['web', 'eu'], {}],
    ['db-a', '192.0.2.3', undefined, ['db'], {}],
  ];

  test('as INI gives hosts, ranges, groups and their parents, and never a password', () => {
    const text = `mail ansible_host=mail.example.net
[web]
web[01:02]
web01 ansible_port=2222 ansible_password="hunter2 x" ; a note
[db]
db-[a:a] ansible_host='192.0.2.3'
[eu:children]
web
[web:vars]
ansible_password=hunter2
`;
    expect(shown('ansible', text)).toEqual(expected);
    expect(JSON.stringify(READERS.ansible(text))).not.toContain('hunter2');
  });

  test('as YAML gives the same', () => {
    const text = `all:
  hosts:
    mail: { ansible_host: mail.example.net }
  children:
    eu:
      children:
        web:
          hosts:
            web01: { ansible_port: 2222, ansible_password: hunter2 }
            web02:
    db:
      hosts:
        db-a: { ansible_host: 192.0.2.3 }
`;
    expect(shown('ansible', text)).toEqual(expected);
    expect(JSON.stringify(READERS.ansible(text))).not.toContain('hunter2');
  });
});

describe('a table', () => {
  test('gives its known columns, and the others as labels', () => {
    const text =
      'name,host,port,groups,latitude,longitude,region\nfra-1,192.0.2.1,22,edge;eu,50.11,8.68,eu\n,"b.example.net",2222,,,,\n';
    expect(READERS.csv(text).candidates).toEqual([
      {
        name: 'fra-1',
        host: '192.0.2.1',
        port: undefined,
        groups: ['edge', 'eu'],
        labels: { region: 'eu' },
        location: { latitude: 50.11, longitude: 8.68 },
      },
      { name: 'b', host: 'b.example.net', port: 2222, groups: [], labels: {}, location: undefined },
    ]);
  });

  test('without a host is told how to begin', () => {
    expect(READERS.csv('a,b\n1,2\n').warnings).toEqual([
      'The heading has no column "host"; write for example: name,host,port,groups,region',
    ]);
  });

  test('leaves out what cannot be dialled, in one sentence each', () => {
    expect(READERS.csv('host,port\nuser@a,22\nb,99999\n').warnings).toEqual([
      'row 2: the host contains "@"; write the host alone, the user belongs to the credential; it was left out.',
      'row 3: the port is no number from 1 to 65535; the host was left out.',
    ]);
  });
});

describe('targets of Prometheus', () => {
  test.each([
    '[{"targets":["fra-1.example.net:9100","[2001:db8::1]:9100"],"labels":{"region":"eu","job":"x","__meta":"y"}}]',
    '- targets: [fra-1.example.net:9100, "[2001:db8::1]:9100"]\n  labels: { region: eu, job: x, __meta: y }\n',
  ])('give hosts without the port of the exporter: %s', (text) => {
    expect(shown('file-sd', text)).toEqual([
      ['fra-1', 'fra-1.example.net', undefined, [], { region: 'eu' }],
      ['2001-db8-1', '2001:db8::1', undefined, [], { region: 'eu' }],
    ]);
  });
});

test.each(importFormats)('whatever %s reads out of any text can be written into pipefleet.yml', (format) => {
  const word = fc.string({
    unit: fc.constantFrom(
      'a',
      'B',
      '1',
      ' ',
      '\n',
      '[',
      ']',
      ':',
      '-',
      '=',
      ',',
      '"',
      '{',
      '}',
      '*',
      '.',
      'Host ',
      'all:\n',
      'hosts:',
      'targets',
    ),
    maxLength: 40,
  });
  fc.assert(
    fc.property(word, (text) => {
      const { candidates } = READERS[format](text);
      const config = 'credentials: { monitor: { user: a, key_file: k } }\n';
      const entries = candidates.map(({ name, host, port, groups, labels }) => ({
        name,
        host,
        port,
        groups,
        labels,
      }));
      const after = addNodes(config, entries);
      expect(checkConfig(after, 'x', { collectors: [], environment: {} }).problems).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
