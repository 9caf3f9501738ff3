import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PipefleetError } from '../../core/errors.js';
import type { NodeChange } from './node-change.js';
import type { NodeEntry } from './node-entry.js';
import { addNodes, changeNode, changeNodes, removeNodes } from './nodes.js';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../../pipefleet.example.yml'), 'utf8');

const NEW: NodeEntry = { name: 'new', host: 'new.example.net', groups: ['edge'], labels: { region: 'eu' } };

describe('a new node', () => {
  test.each<[what: string, before: string, after: string]>([
    [
      'is written like the last one, below it',
      'nodes:\n  - name: a # first\n    host: a.example.net\n',
      'nodes:\n  - name: a # first\n    host: a.example.net\n  - name: new\n    host: new.example.net\n    groups: [edge]\n    labels:\n      region: eu\n',
    ],
    [
      'stands as far to the right as the others, and before what follows',
      'nodes:\n- name: a\n  host: a\n  # port: 2222\n# - name: b\n\nlisten: 127.0.0.1:1\n',
      'nodes:\n- name: a\n  host: a\n  # port: 2222\n- name: new\n  host: new.example.net\n  groups: [edge]\n  labels:\n    region: eu\n# - name: b\n\nlisten: 127.0.0.1:1\n',
    ],
    [
      'is in braces where the last one is',
      'nodes:\n  - name: a\n    host: a\n  - {name: b, host: b}\n',
      'nodes:\n  - name: a\n    host: a\n  - {name: b, host: b}\n  - {name: new, host: new.example.net, groups: [edge], labels: {region: eu}}\n',
    ],
    [
      'has a blank line above where the last one has',
      'nodes:\n  - { name: a, host: a }\n\n  - { name: b, host: b }',
      'nodes:\n  - { name: a, host: a }\n\n  - { name: b, host: b }\n\n  - { name: new, host: new.example.net, groups: [edge], labels: { region: eu } }',
    ],
    [
      'has labels in braces where the others have',
      'nodes:\n  - name: a\n    host: a\n    labels: { x: y }\n    groups:\n      - z\n',
      'nodes:\n  - name: a\n    host: a\n    labels: { x: y }\n    groups:\n      - z\n  - name: new\n    host: new.example.net\n    groups:\n      - edge\n    labels: { region: eu }\n',
    ],
    [
      'ends its lines as the file does',
      'nodes:\r\n    - name: a\r\n      host: a\r\n',
      'nodes:\r\n    - name: a\r\n      host: a\r\n    - name: new\r\n      host: new.example.net\r\n      groups: [edge]\r\n      labels:\r\n          region: eu\r\n',
    ],
    [
      'takes the place of empty brackets',
      'nodes: [] # none yet\n\nlisten: 127.0.0.1:1\n',
      'nodes: # none yet\n  - name: new\n    host: new.example.net\n    groups: [edge]\n    labels:\n      region: eu\n\nlisten: 127.0.0.1:1\n',
    ],
    [
      'stands below a key without a value',
      'nodes:\n',
      'nodes:\n  - name: new\n    host: new.example.net\n    groups: [edge]\n    labels:\n      region: eu\n',
    ],
    [
      'brings the key along, at the end of the file',
      'listen: 127.0.0.1:1\n# the end\n',
      'listen: 127.0.0.1:1\n# the end\n\nnodes:\n  - name: new\n    host: new.example.net\n    groups: [edge]\n    labels:\n      region: eu\n',
    ],
    [
      'begins an empty file',
      '',
      'nodes:\n  - name: new\n    host: new.example.net\n    groups: [edge]\n    labels:\n      region: eu\n',
    ],
    [
      'stands below the comments of a file that has nothing else',
      '---\n# My fleet\n...\n',
      '---\n# My fleet\n\nnodes:\n  - name: new\n    host: new.example.net\n    groups: [edge]\n    labels:\n      region: eu\n...\n',
    ],
    [
      'stands in the line of a list in brackets',
      'nodes: [{ name: a, host: a }]\n',
      'nodes: [{ name: a, host: a }, { name: new, host: new.example.net, groups: [edge], labels: { region: eu } }]\n',
    ],
    [
      'has a line of its own in a list of such lines',
      'nodes: [\n  { name: a, host: a }, # one\n  { name: b, host: b } # two\n]\n',
      'nodes: [\n  { name: a, host: a }, # one\n  { name: b, host: b }, # two\n  { name: new, host: new.example.net, groups: [edge], labels: { region: eu } }\n]\n',
    ],
    [
      'ends with a comma where the last one does',
      'nodes: [\n  { name: a, host: a }, # one\n]\n',
      'nodes: [\n  { name: a, host: a }, # one\n  { name: new, host: new.example.net, groups: [edge], labels: { region: eu } },\n]\n',
    ],
    [
      'keeps a comment that stands in empty brackets',
      'nodes: [ # none yet\n]\n',
      'nodes: [{ name: new, host: new.example.net, groups: [edge], labels: { region: eu } } # none yet\n]\n',
    ],
    [
      'fits into a file in braces',
      '{ listen: "127.0.0.1:1" }\n',
      '{ listen: "127.0.0.1:1", nodes: [{ name: new, host: new.example.net, groups: [edge], labels: { region: eu } }] }\n',
    ],
  ])('%s', (_what, before, after) => {
    expect(addNodes(before, [NEW])).toBe(after);
  });

  test('quotes what would be read as something else, and nothing more', () => {
    const entry = {
      name: '007',
      host: '2001:db8::',
      port: 2222,
      addresses: ['::1', '192.0.2.1'],
      jump: [],
      groups: ['1e3', 'true', 'edge'],
      labels: { null: 'null', star: '*', at: '@x', hash: 'a #b', colon: 'a: b', plain: 'a b, c' },
      location: { latitude: -33.9, longitude: 0 },
    };
    expect(addNodes('', [entry])).toBe(`nodes:
  - name: "007"
    host: "2001:db8::"
    port: 2222
    addresses: ["::1", 192.0.2.1]
    jump: []
    groups: ["1e3", "true", edge]
    labels:
      "null": "null"
      star: "*"
      at: "@x"
      hash: "a #b"
      colon: "a: b"
      plain: a b, c
    location:
      latitude: -33.9
      longitude: 0
`);
  });

  test('comes with others, and what says nothing is left out', () => {
    const entries = ['a', 'b'].map((name) => ({ name, host: name, groups: [], labels: {}, port: undefined }));
    expect(addNodes('nodes: []\n', entries)).toBe(
      'nodes:\n  - name: a\n    host: a\n  - name: b\n    host: b\n',
    );
    expect(addNodes('nodes: []\n', [])).toBe('nodes: []\n');
  });
});

describe('a node that goes', () => {
  const SPACED = `nodes:
  # Production
  # in Frankfurt
  - name: a
    host: a
    # port: 2222

  # Staging

  # b is old
  - { name: b, host: b } # really

  - name: c
    host: c

# Bounds
limits: {}
`;

  test.each<[names: string[], after: string]>([
    [
      ['a'],
      'nodes:\n  # Staging\n\n  # b is old\n  - { name: b, host: b } # really\n\n  - name: c\n    host: c\n\n# Bounds\nlimits: {}\n',
    ],
    [
      ['b'],
      'nodes:\n  # Production\n  # in Frankfurt\n  - name: a\n    host: a\n    # port: 2222\n\n  # Staging\n\n  - name: c\n    host: c\n\n# Bounds\nlimits: {}\n',
    ],
    [
      ['c'],
      'nodes:\n  # Production\n  # in Frankfurt\n  - name: a\n    host: a\n    # port: 2222\n\n  # Staging\n\n  # b is old\n  - { name: b, host: b } # really\n\n# Bounds\nlimits: {}\n',
    ],
    [['a', 'b', 'c'], 'nodes: []\n\n# Bounds\nlimits: {}\n'],
  ])('takes its comments along, and what else belongs to nobody stays: %j', (names, after) => {
    const text = names.length === 3 ? SPACED.replace('  # Staging\n\n', '') : SPACED;
    expect(removeNodes(text, names)).toBe(after);
  });

  test.each<[before: string, after: string]>([
    ['nodes: [{ name: a, host: a }, { name: b, host: b }]\n', 'nodes: [{ name: b, host: b }]\n'],
    ['nodes: [{ name: b, host: b }, { name: a, host: a }]\n', 'nodes: [{ name: b, host: b }]\n'],
    ['nodes: [ { name: a, host: a } ]\n', 'nodes: []\n'],
    [
      'nodes: [\n  # one\n  { name: a, host: a }, # a\n  { name: b, host: b }\n]\n',
      'nodes: [\n  # one\n  { name: b, host: b }\n]\n',
    ],
    [
      'nodes: [\n  { name: b, host: b }, # b\n  { name: a, host: a } # a\n]\n',
      'nodes: [\n  { name: b, host: b } # b\n]\n',
    ],
    [
      'nodes: [{ name: b, host: b }, # b\n  { name: a, host: a }]\n',
      'nodes: [{ name: b, host: b } # b\n  ]\n',
    ],
  ])('leaves commas where they belong: %j', (before, after) => {
    expect(removeNodes(before, ['a'])).toBe(after);
  });

  test('has to be there', () => {
    expect(() => removeNodes(EXAMPLE, ['fra-1', 'fra-9'])).toThrow(
      'No node of pipefleet.yml is called "fra-9"; pipefleet nodes list shows their names.',
    );
    expect(removeNodes(EXAMPLE, [])).toBe(EXAMPLE);
  });
});

describe('a node that changes', () => {
  const node = (lines: string): string =>
    `nodes:\n  - name: a\n${lines}    # the end\n  - name: b\n    host: b\n`;

  test.each<[what: string, before: string, change: NodeChange, after: string]>([
    ['a value keeps its comment', '    host: a # here\n', { host: 'x' }, '    host: x # here\n'],
    [
      'a new key has its usual place',
      '    host: a # here\n    labels: { x: y }\n',
      { port: 2222, credential: 'main', addGroups: ['g'] },
      '    host: a # here\n    port: 2222\n    credential: main\n    groups: [g]\n    labels: { x: y }\n',
    ],
    [
      'a key that goes takes its comment along',
      '    host: a\n    # Not 22\n    port: 2222 # really\n    groups: [g]\n',
      { port: null },
      '    host: a\n    groups: [g]\n',
    ],
    [
      'labels change one by one',
      '    host: a\n    labels:\n      # Where\n      region: eu # Frankfurt\n      tier: "1"\n      rack: r\n',
      { labels: { tier: '2', rack: null, zone: 'z' } },
      '    host: a\n    labels:\n      # Where\n      region: eu # Frankfurt\n      tier: "2"\n      zone: z\n',
    ],
    [
      'so do those in braces',
      '    host: a\n    labels: {region: eu, tier: "1", rack: r}\n',
      { labels: { region: null, tier: '2', zone: 'true' } },
      '    host: a\n    labels: {tier: "2", rack: r, zone: "true"}\n',
    ],
    [
      'what becomes empty goes',
      '    host: a\n    groups: [g, h]\n    labels:\n      x: y\n    software: { http_port: 1 }\n',
      { removeGroups: ['g', 'h'], labels: { x: null }, software: { http_port: null } },
      '    host: a\n',
    ],
    [
      'what is there or gone already stays as it is',
      '    host: "a"\n    groups: [ g ]\n',
      { host: 'a', addGroups: ['g'], removeGroups: ['h'], labels: { x: null }, port: null },
      '    host: "a"\n    groups: [ g ]\n',
    ],
    [
      'groups in lines stay in lines',
      '    host: a\n    groups:\n      - g # one\n      - h\n',
      { addGroups: ['i'], removeGroups: ['g'] },
      '    host: a\n    groups:\n      - h\n      - i\n',
    ],
    [
      'a way may turn from a name into a list and away',
      '    host: a\n    jump: x # the way\n',
      { jump: ['x', 'y'] },
      '    host: a\n    jump: [x, y] # the way\n',
    ],
    [
      'directly is a way too',
      '    host: a\n    jump:\n      - x\n      - y\n    port: 1\n',
      { jump: [] },
      '    host: a\n    jump: []\n    port: 1\n',
    ],
    [
      'a location comes as a whole',
      '    host: a\n    location:\n      latitude: 1 # north\n      longitude: 2\n',
      { location: { latitude: 3, longitude: 4 } },
      '    host: a\n    location:\n      latitude: 3\n      longitude: 4\n',
    ],
    [
      'a key without a value gets one',
      '    host: a\n    labels: # none yet\n',
      { labels: { x: 'y' } },
      '    host: a\n    labels: # none yet\n      x: y\n',
    ],
    [
      'software keys are numbers and lists',
      '    host: a\n',
      { software: { http_port: 8080, native_prefixes: [] } },
      '    host: a\n    software:\n      http_port: 8080\n      native_prefixes: []\n',
    ],
    [
      'a text of several lines is replaced as a whole',
      '    host: >-\n      a\n    labels:\n      x: |-\n        y\n        z\n      v: w\n',
      { host: 'h', labels: { x: 'l' } },
      '    host: h\n    labels:\n      x: l\n      v: w\n',
    ],
  ])('%s', (_what, before, change, after) => {
    expect(changeNode(node(before), 'a', change)).toBe(node(after));
  });

  test('may get another name, and others change at once', () => {
    const changes = new Map<string, NodeChange>([
      ['a', { name: 'b', labels: { x: 'y' } }],
      ['b', { name: 'a', host: 'c' }],
    ]);
    expect(changeNodes('nodes:\n- {name: a, host: a}\n- name: b\n  host: b', changes)).toBe(
      'nodes:\n- {name: b, host: a, labels: {x: y}}\n- name: a\n  host: c',
    );
  });

  test('the first key stands beside the dash, where the next one moves up to', () => {
    expect(changeNode('nodes:\n  - port: 1 # why\n    name: a\n    host: a\n', 'a', { port: null })).toBe(
      'nodes:\n  - name: a\n    host: a\n',
    );
    expect(
      changeNode('nodes:\n  - port: 1 # why\n    # who\n    name: a\n    host: a\n', 'a', { port: null }),
    ).toBe('nodes:\n  -\n    # who\n    name: a\n    host: a\n');
  });

  test('has to be there', () => {
    expect(() => changeNode(EXAMPLE, 'fra-9', {})).toThrow(PipefleetError);
    expect(changeNode(EXAMPLE, 'fra-1', {})).toBe(EXAMPLE);
  });
});

describe('anchors and aliases', () => {
  const SHARED = `nodes:
  - name: a
    host: a
    port: &port 2222
    labels: &labels { region: eu }
  - name: b
    host: b
    port: *port
    labels: *labels
`;
  const alias = (line: number) =>
    `What is to be changed comes from the alias ("*…") in line ${line}, and belongs to others too; write the values there first.`;
  const anchor = (line: number, other: number) =>
    `What is to be changed in line ${line} has an anchor ("&…") that line ${other} refers to; write the values in line ${other} first.`;

  test.each<[what: string, edit: (text: string) => string, message: string]>([
    ['a label of an alias', (text) => changeNode(text, 'b', { labels: { tier: '1' } }), alias(9)],
    [
      'a label that others have from here',
      (text) => changeNode(text, 'a', { labels: { tier: '1' } }),
      anchor(5, 9),
    ],
    ['a value that others have from here', (text) => changeNode(text, 'a', { port: 1 }), anchor(4, 8)],
    ['a node that others take from', (text) => removeNodes(text, ['a']), anchor(4, 8)],
  ])('%s is refused', (_what, edit, message) => {
    expect(() => edit(SHARED)).toThrow(message);
  });

  test('a list that is an alias is refused', () => {
    expect(() => addNodes('x: &x []\nnodes: *x\n', [NEW])).toThrow(alias(2));
  });

  test('what takes the place of an alias, or takes it along, is fine', () => {
    expect(changeNode(SHARED, 'b', { port: 1, host: 'x' })).toBe(
      SHARED.replace('*port', '1').replace('host: b', 'host: x'),
    );
    expect(changeNode(SHARED, 'b', { port: null })).toBe(SHARED.replace('    port: *port\n', ''));
    expect(removeNodes(SHARED, ['b'])).toBe(SHARED.slice(0, SHARED.indexOf('  - name: b')));
    expect(removeNodes(SHARED, ['a', 'b'])).toBe('nodes: []\n');
  });
});

describe('a text that cannot be changed', () => {
  test.each<[text: string, message: string]>([
    ['nodes: [\n', 'pipefleet.yml:2:1: a "[" or "{" was opened and is not closed up to here; close it'],
    ['- a\n', 'pipefleet.yml is not a map of keys; start from pipefleet.example.yml'],
    ['nodes: 1\n', '"nodes" in pipefleet.yml is not a list; write its items on lines that start with "- ".'],
  ])('%j', (text, message) => {
    expect(() => addNodes(text, [NEW])).toThrow(new PipefleetError('config_invalid', message));
  });
});
