import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Collector } from '../collector.js';
import { createFakeRoot, type FakeRoot } from '../testing/fake-root.js';
import { ask, SHELLS } from '../testing/node.js';
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

let root: FakeRoot;
beforeEach(() => {
  root = createFakeRoot();
});
afterEach(() => root.remove());

const unit = (name: string, directory: string) =>
  root.write(
    `/etc/systemd/system/${name}.service`,
    `[Service]\nWorkingDirectory=${directory}\nExecStart=/x\n`,
  );

describe.each(SHELLS)('%s', (shell) => {
  const found = async () => (await ask(printer, { shell, root })).output.trim();

  test('a host without node software has none', async () => {
    expect(await found()).toBe('');
  });

  test('documented folders that exist, and working directories of units', async () => {
    root.folder('/opt/popcache');
    root.folder('/var/lib/pop');
    root.folder('/srv/node');
    unit('popcache', `${root.path}/srv/node/`);
    unit('pop', `-${root.path}/var/lib/pop`);
    expect(await found()).toBe('/opt/popcache /var/lib/pop /srv/node');
  });

  test('names that a shell would have to quote are left out, and the root too', async () => {
    root.folder('/srv/with blank');
    root.folder('/srv/*');
    unit('pop', `${root.path}/srv/with blank`);
    unit('popd', `${root.path}/srv/*`);
    unit('pipe', '/');
    unit('pipe-pop', '~');
    unit('pipe-node', `${root.path}/srv/$(id)`);
    expect(await found()).toBe('');
  });

  test('a unit can name only so many', async () => {
    for (let index = 0; index < 40; index++) root.folder(`/srv/${index}`);
    root.write(
      '/etc/systemd/system/pop.service',
      Array.from({ length: 40 }, (_, index) => `WorkingDirectory=${root.path}/srv/${index}`).join('\n'),
    );
    expect((await found()).split(' ')).toHaveLength(16);
  });
});

test('documented folders tell their generation', () => {
  expect(generationOfHome('/opt/popcache')).toBe('testnet');
  expect(generationOfHome('/srv/node')).toBeUndefined();
  expect(generationOfHome('constructor')).toBeUndefined();
});
