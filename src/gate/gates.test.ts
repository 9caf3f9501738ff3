import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { Collector } from '../collectors/collector.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { createGates } from './gates.js';

const collector = (name: string): Collector => ({
  name,
  module: 'node',
  summary: '',
  metrics: {},
  script: ({ httpPort }) => `echo ${name} ${httpPort}`,
  parse: () => [],
});
const settings = {
  version: '1.2.3',
  collectors: [collector('one'), collector('two')],
  modules: [
    { name: 'node', collectors: ['one', 'two'] },
    { name: 'own', collectors: ['two'] },
  ],
};
const software = DEFAULT_SOFTWARE;

test('a gate holds the configured modules with the settings of its node, and the digest is that of its text', () => {
  const { text, digest } = createGates(settings)({ software: { ...software, httpPort: 8080 } });
  expect(text).toMatch(/# What monitor node runs\.\n[^#]*echo one 8080\n[^#]*echo two 8080\n/);
  expect(text).toMatch(/# What monitor own runs\.\n[^#]*echo two 8080\n/);
  expect(/# What monitor own runs\.\n[^#]*/.exec(text)?.[0]).not.toContain('echo one');
  expect(digest).toBe(createHash('sha256').update(text).digest('hex'));
});

test('nodes of the same settings have the same gate, whoever asks', () => {
  const gates = createGates(settings);
  expect(gates({ software: { ...software } })).toBe(gates({ software }));
  expect(createGates(settings)({ software })).toEqual(gates({ software }));
  expect(gates({ software: { ...software, httpPort: 1 } }).digest).not.toBe(gates({ software }).digest);
});
