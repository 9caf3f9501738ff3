import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Collector } from '../collector.js';
import { createTree, TREE_SHELLS, type Tree } from '../testing/tree.js';
import { generationOfHome, homes } from './homes.js';
import { installations } from './installations.js';

/** Prints what the snippets set. */
const printer: Collector = {
  name: 'printer',
  module: 'inventory',
  summary: 'Prints.',
  metrics: {},
  needs: [installations, homes],
  script: () => 'echo "$D"',
  parse: () => [],
};

let tree: Tree;
beforeEach(() => {
  tree = createTree();
});
afterEach(() => tree.remove());

const unit = (name: string, directory: string) =>
  tree.write(
    `/etc/systemd/system/${name}.service`,
    `[Service]\nWorkingDirectory=${directory}\nExecStart=/x\n`,
  );
const folder = (path: string) => mkdirSync(join(tree.root, path), { recursive: true });

describe.each(TREE_SHELLS)('%s', (shell) => {
  const found = async () => (await tree.run(printer, shell)).output.trim();

  test('a host without node software has none', async () => {
    expect(await found()).toBe('');
  });

  test('documented folders that exist, and working directories of units', async () => {
    folder('/opt/popcache');
    folder('/var/lib/pop');
    folder('/srv/node');
    unit('popcache', `${tree.root}/srv/node/`);
    unit('pop', `-${tree.root}/var/lib/pop`);
    expect(await found()).toBe('/opt/popcache /var/lib/pop /srv/node');
  });

  test('names that a shell would have to quote are left out, and the root too', async () => {
    folder('/srv/with blank');
    folder('/srv/*');
    unit('pop', `${tree.root}/srv/with blank`);
    unit('popd', `${tree.root}/srv/*`);
    unit('pipe', '/');
    unit('pipe-pop', '~');
    unit('pipe-node', `${tree.root}/srv/$(id)`);
    expect(await found()).toBe('');
  });

  test('a unit can name only so many', async () => {
    for (let index = 0; index < 40; index++) folder(`/srv/${index}`);
    tree.write(
      '/etc/systemd/system/pop.service',
      Array.from({ length: 40 }, (_, index) => `WorkingDirectory=${tree.root}/srv/${index}`).join('\n'),
    );
    expect((await found()).split(' ')).toHaveLength(16);
  });
});

test('documented folders tell their generation', () => {
  expect(generationOfHome('/opt/popcache')).toBe('testnet');
  expect(generationOfHome('/srv/node')).toBeUndefined();
  expect(generationOfHome('constructor')).toBeUndefined();
});
