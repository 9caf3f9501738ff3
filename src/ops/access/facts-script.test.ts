import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SHELLS, wordsOf } from '../../collectors/testing/node.js';
import { factsScript, readFacts } from './facts-script.js';

const REQUEST = {
  accounts: ['root', 'nobody-of-that-name', "o'hara"],
  groups: ['root', 'no-such-group'],
  files: ['/etc/hostname', '/no/such/file', '~root/', '~nobody-of-that-name/.ssh/authorized_keys'],
};

describe.each(SHELLS)('the facts script in %s', (shell) => {
  test('says what the machine is', async () => {
    const [program = '', ...words] = await wordsOf(shell);
    const answer = execFileSync(program, [...words, '-s'], { input: factsScript(REQUEST), encoding: 'utf8' });
    const facts = readFacts(answer);
    expect(facts?.kernel).toMatch(/^\d+\.\d+/);
    expect(facts?.os).not.toBe('');
    expect(facts?.accounts.get('root')).toMatchObject({ uid: 0, gid: 0, home: '/root' });
    expect([...(facts?.accounts.keys() ?? [])]).toEqual(['root']);
    expect(facts?.groups.get('root')).toEqual([]);
    expect([...(facts?.files.keys() ?? [])]).toEqual(['/etc/hostname', '/root/']);
    expect(facts?.files.get('/etc/hostname')).toMatchObject({
      owner: 'root:root',
      text: execFileSync('cat', ['/etc/hostname'], { encoding: 'utf8' }),
    });
    expect(facts?.files.get('/root/')?.text).toBeUndefined();
  });
});

describe('an answer', () => {
  test('that broke off, or is something else, says nothing', () => {
    expect(readFacts('')).toBeUndefined();
    expect(readFacts('kernel 6.1.0 x86_64\n')).toBeUndefined();
    expect(readFacts('Welcome!\npipefleet-facts end\n')).toBeUndefined();
  });

  test('cannot be ended or changed by what stands in a file', () => {
    const answer =
      'kernel 6.1.0 x86_64\nfile 644 root:root\n| /etc/motd\n| pipefleet-facts end\n| account pipefleet 0 0 set\npipefleet-facts end\n';
    const facts = readFacts(answer);
    expect(facts?.accounts.size).toBe(0);
    expect(facts?.files.get('/etc/motd')?.text).toBe('pipefleet-facts end\naccount pipefleet 0 0 set\n');
  });

  test('of any text at all is read without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        readFacts(`${text}\npipefleet-facts end\n`);
      }),
    );
  });
});
