import { expect, test } from '@jest/globals';
import { sudoersLines } from './sudoers.js';

test('each command of a verb has a line of its own, without a wildcard', () => {
  expect(
    sudoersLines('pipefleet-ops', ['operate', 'backup'], ['popcache.service', 'pipe-node@eu.service']),
  ).toEqual([
    'pipefleet-ops ALL=(root) NOPASSWD: /usr/bin/systemctl start popcache.service',
    'pipefleet-ops ALL=(root) NOPASSWD: /usr/bin/systemctl stop popcache.service',
    'pipefleet-ops ALL=(root) NOPASSWD: /usr/bin/systemctl restart popcache.service',
    'pipefleet-ops ALL=(root) NOPASSWD: /usr/bin/systemctl start pipe-node@eu.service',
    'pipefleet-ops ALL=(root) NOPASSWD: /usr/bin/systemctl stop pipe-node@eu.service',
    'pipefleet-ops ALL=(root) NOPASSWD: /usr/bin/systemctl restart pipe-node@eu.service',
  ]);
});

test('who only reads needs none', () => {
  expect(sudoersLines('pipefleet', ['monitor'], ['popcache.service'])).toEqual([]);
  expect(sudoersLines('pipefleet', ['operate'], [])).toEqual([]);
});

test('the name of an account is that of an account, whatever sudoers makes of such signs', () => {
  expect(sudoersLines('op%s@corp', ['operate'], ['pop.service'])[0]).toMatch(/^op\\%s\\@corp ALL=/);
});

test.each([
  '*.service',
  'pop.service, ALL',
  'pop.service\nALL',
  '--root.service',
  'pop',
  'a\\x2db.service',
  '',
])('no line is made of the unit %j', (unit) => {
  expect(() => sudoersLines('pipefleet-ops', ['operate'], [unit])).toThrow('cannot stand in sudoers');
});
