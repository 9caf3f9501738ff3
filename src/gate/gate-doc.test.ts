import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { codeOf, tableAfter } from '../testing/markdown.js';
import { GATE_PATH } from './protocol.js';
import { VERBS } from './registry.js';
import { formOf } from './render.js';

const doc = readFileSync(new URL('../../docs/gate.md', import.meta.url), 'utf8');

test('docs/gate.md has every verb as the registry has it, and no other', () => {
  const rows = tableAfter(doc, '## What a key can ask for').map(([request = '', purposes = '', summary]) => [
    request.replaceAll('\\|', '|'),
    codeOf(purposes),
    summary,
  ]);
  expect(rows).toEqual(VERBS.map((verb) => [`\`${formOf(verb)}\``, verb.purposes, verb.summary]));
});

test('docs/gate.md says where the gate lies', () => {
  expect(doc).toContain(`command="${GATE_PATH} monitor"`);
});
