import { expect, test } from '@jest/globals';
import {
  addCredential,
  addJumpHost,
  changeCredential,
  removeCredential,
  removeJumpHost,
} from './sections.js';
import { setTopLevel } from './top-level.js';

const ONE = `credentials:
  # The one for probes
  monitor:
    user: pipefleet
    key_file: keys/monitor # 0600
    # passphrase_file: p

nodes: []
`;
const OPERATE = { user: 'pipefleet-ops', purpose: 'operate', key_file: 'keys/operate' };

test('a credential stands below the last one, and leaves no trace when it goes', () => {
  const added = addCredential(ONE, 'operate', { ...OPERATE, from: ['2001:db8::/32', '192.0.2.*'] });
  expect(added).toBe(
    ONE.replace(
      '\n\nnodes',
      '\n  operate:\n    user: pipefleet-ops\n    purpose: operate\n    key_file: keys/operate\n    from: ["2001:db8::/32", 192.0.2.*]\n\nnodes',
    ),
  );
  expect(removeCredential(added, 'operate')).toBe(ONE);
});

test('the first credential brings its key along', () => {
  const lines =
    'credentials:\n  operate:\n    user: pipefleet-ops\n    purpose: operate\n    key_file: keys/operate\n';
  expect(addCredential('', 'operate', OPERATE)).toBe(lines);
  expect(addCredential('nodes: []\n', 'operate', OPERATE)).toBe(`nodes: []\n\n${lines}`);
  expect(addCredential('credentials: {} # none\n', 'operate', OPERATE)).toBe(
    lines.replace('credentials:', 'credentials: # none'),
  );
  expect(removeCredential(lines, 'operate')).toBe('credentials: {}\n');
});

test('a credential in braces has neighbours in braces', () => {
  const text = 'credentials:\n  a: { user: a, agent: true }\n';
  expect(addCredential(text, 'b', { user: 'b', agent: true })).toBe(`${text}  b: { user: b, agent: true }\n`);
});

test('single keys of a credential change, where they usually stand', () => {
  expect(
    changeCredential(ONE, 'monitor', {
      key_file: 'keys/new',
      from: '192.0.2.1',
      purpose: 'monitor',
      agent: null,
    }),
  ).toBe(
    ONE.replace('keys/monitor', 'keys/new')
      .replace('user: pipefleet', 'user: pipefleet\n    purpose: monitor')
      .replace('    # pass', '    from: 192.0.2.1\n    # pass'),
  );
  expect(changeCredential(ONE, 'monitor', { key_file: null })).toBe(
    ONE.replace('    key_file: keys/monitor # 0600\n', ''),
  );
});

test('what is there, or is not, is told', () => {
  expect(() => addCredential(ONE, 'monitor', OPERATE)).toThrow(
    '"monitor" stands under "credentials" of pipefleet.yml already; choose another name.',
  );
  expect(() => changeCredential(ONE, 'monitr', { agent: null })).toThrow(
    '"monitr" does not stand under "credentials" of pipefleet.yml; did you mean "monitor"?',
  );
  expect(() => removeCredential('', 'monitor')).toThrow(
    '"monitor" does not stand under "credentials" of pipefleet.yml; nothing is there',
  );
});

test('a jump host stands under a key of its own', () => {
  const added = addJumpHost(ONE, 'bastion', { host: '2001:db8::1', credential: 'monitor', port: undefined });
  expect(added).toBe(`${ONE}\njump_hosts:\n  bastion:\n    host: 2001:db8::1\n    credential: monitor\n`);
  const second = addJumpHost(added, 'inner', { host: 'inner.example.net', via: 'bastion' });
  expect(removeJumpHost(second, 'inner')).toBe(added);
});

test('an anchor that others refer to is in the way', () => {
  const text = 'credentials:\n  a: &a { user: a, agent: true }\n  b: *a\n';
  expect(() => changeCredential(text, 'b', { user: 'c' })).toThrow('comes from the alias');
  expect(() => changeCredential(text, 'a', { user: 'c' })).toThrow('has an anchor');
  expect(() => removeCredential(text, 'a')).toThrow('has an anchor');
  expect(removeCredential(text, 'b')).toBe('credentials:\n  a: &a { user: a, agent: true }\n');
});

test('a key at the top is set where it stands, or at the end', () => {
  expect(setTopLevel('known_hosts: a # here\nnodes: []\n', 'known_hosts', ['a', 'b'])).toBe(
    'known_hosts: [a, b] # here\nnodes: []\n',
  );
  expect(setTopLevel('nodes: []', 'known_hosts', 'known_hosts')).toBe(
    'nodes: []\n\nknown_hosts: known_hosts',
  );
});
