import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SHELLS, wordsOf } from '../../collectors/testing/node.js';
import { factsScript } from './facts-script.js';
import { readFacts } from './read-facts.js';

const REQUEST = {
  accounts: ['root', 'no-such-account', "o'hara"],
  groups: ['root', 'no-such-group'],
  files: ['/etc/hosts', '/etc', '/no/such/file', '/etc/../etc/hosts', '/proc/self/comm', '/dev/null'],
  manifest: '/no/such/manifest-f0',
};

describe.each(SHELLS)('the facts script in %s', (shell) => {
  test('says what the machine is, and reads nothing that others than root could exchange', async () => {
    const [program = '', ...words] = await wordsOf(shell);
    const answer = execFileSync(program, [...words, '-s'], {
      input: factsScript(REQUEST),
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const facts = readFacts(answer);
    expect(facts?.kernel).toMatch(/^\d+\.\d+/);
    expect(facts?.os !== '').toBe(existsSync('/etc/os-release'));
    expect(facts?.accounts.get('root')).toMatchObject({ uid: 0, gid: 0, home: '/root' });
    expect([...(facts?.accounts.keys() ?? [])]).toEqual(['root']);
    expect(facts?.groups.get('root')).toContain('root');
    const what = Object.fromEntries(
      REQUEST.files.map((path) => [path, facts?.places.get(path)?.what] as const),
    );
    expect(what).toEqual({
      '/etc/hosts': 'file',
      '/etc': 'folder',
      '/no/such/file': 'none',
      '/etc/../etc/hosts': 'unsafe',
      '/proc/self/comm': 'unsafe',
      '/dev/null': 'other',
    });
    expect(facts?.places.get('/etc/hosts')).toMatchObject({
      owner: '0:0',
      text: execFileSync('cat', ['/etc/hosts'], { encoding: 'utf8' }),
    });
    expect(facts?.places.get('/etc')?.text).toBeUndefined();
    expect(facts?.places.get('/proc/self/comm')?.why).toBe('/proc/self is a link');
    expect(facts?.places.get('/root')?.what).toBe('folder');
    expect(facts?.places.get('/var/lib/no-such-account')?.what).toBe('none');
  });
});

describe('an answer', () => {
  test('that broke off, or is something else, says nothing', () => {
    expect(readFacts('')).toBeUndefined();
    expect(readFacts('kernel 6.1.0 x86_64\n')).toBeUndefined();
    expect(readFacts('Welcome!\npipefleet-facts end\n')).toBeUndefined();
  });

  test('cannot be ended or changed by what is in a file', () => {
    const answer =
      'kernel 6.1.0 x86_64\nat file 644 0:0 9\n| /etc/motd\ntext\n| /etc/motd\n| pipefleet-facts end\n| account pipefleet 0 0 set\npipefleet-facts end\n';
    const facts = readFacts(answer);
    expect(facts?.accounts.size).toBe(0);
    expect(facts?.places.get('/etc/motd')).toMatchObject({
      what: 'file',
      size: 9,
      text: 'pipefleet-facts end\naccount pipefleet 0 0 set\n',
    });
  });

  test('has no order for a terminal in what is shown of it', () => {
    const answer =
      'kernel 6 x86_64\nos\n| \u001b[2JDebian\u009b1A\nholds\n| /x\n| a\u0007b\npipefleet-facts end\n';
    const facts = readFacts(answer);
    expect([facts?.os, facts?.places.get('/x')?.holds]).toEqual(['\uFFFD[2JDebian\uFFFD1A', ['a\uFFFDb']]);
  });

  test('of any text at all is read without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        readFacts(`${text}\npipefleet-facts end\n`);
      }),
    );
  });
});
