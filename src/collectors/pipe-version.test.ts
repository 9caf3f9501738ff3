import { chmodSync, renameSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pipeVersion } from './pipe-version.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { ask, SHELLS } from './testing/node.js';
import { expectPromised } from './testing/promises.js';

const POP = '/opt/popcache/pop';

/** Says its version as the software of testnet does, but only where it can do no harm; else it says so. */
const TESTNET = `#!/bin/sh
# create-config
[ "$*" = --version ] || { echo asked for something else; exit; }
[ "$(pwd)" = /proc ] || { echo in a folder; exit; }
[ -z "$HOME$LC_ALL$SSH_CONNECTION" ] || { echo with an environment; exit; }
(echo x >"$0.written") 2>/dev/null && { echo able to write; exit; }
echo 'Pipe Network CDN PoP Cache Node v0.3.2'
`;

let root: FakeRoot;
beforeEach(() => {
  root = createFakeRoot();
  root.write('/opt/popcache/config.json', '{}');
});
afterEach(() => root.remove());

describe.each(SHELLS)('%s', (shell) => {
  const versions = async () => {
    const { samples } = await ask(pipeVersion, { shell, root });
    expectPromised(pipeVersion, samples);
    return samples
      .filter(({ metric }) => metric === 'pipe_node_info')
      .map(
        ({ labels }) =>
          `${labels?.['file'] ?? ''} ${labels?.['generation'] ?? ''} ${labels?.['version'] ?? ''}`,
      );
  };

  test('the software of testnet is asked, where that can do no harm', async () => {
    root.write(POP, TESTNET, 0o755);
    // The env of busybox cannot change the folder: there it is not asked.
    expect(await versions()).toEqual([`${POP} testnet ${shell === 'busybox' ? '' : '0.3.2'}`]);
  });

  test('a program of another generation is never started, whatever it is called', async () => {
    const node = '#!/bin/sh\necho "Pipe Network CDN PoP Cache Node v9.9.9"\n';
    for (const path of [POP, '/opt/pipe/pop', '/opt/pop/pop', '/var/lib/pop/pop', '/usr/local/bin/pop']) {
      root.write(path, node, 0o755);
    }
    root.write('/usr/local/bin/lattice-node', TESTNET, 0o755);
    root.write('/opt/pipe/config.json', '{}');
    root.write('/opt/pipe/pop', TESTNET, 0o755);
    expect(await versions()).toEqual([
      `${POP} testnet `,
      '/opt/pipe/pop mainnet ',
      '/opt/pop/pop devnet ',
      '/var/lib/pop/pop devnet ',
      '/usr/local/bin/pop  ',
      '/usr/local/bin/lattice-node lattice ',
    ]);
  });

  test.each([
    ['the program', () => chmodSync(root.at(POP), 0o775)],
    ['its folder', () => chmodSync(root.at('/opt/popcache'), 0o777)],
    [
      'the place that it is a link to',
      () => {
        root.folder('/home');
        renameSync(root.at(POP), root.at('/home/pop'));
        root.link(POP, '/home/pop');
        root.link('/opt/popcache/pop2', '../../home/pop');
      },
    ],
  ])('it is not asked when others may write %s', async (_, open) => {
    root.write(POP, TESTNET, 0o755);
    open();
    for (const line of await versions()) expect(line).not.toContain('0.3.2');
  });

  test('what it says besides its version does not count', async () => {
    root.write(POP, `${TESTNET.replace('v0.3.2', 'v0.3.2 and more')}\nyes`, 0o755);
    expect(await versions()).toEqual([`${POP} testnet `]);
  });

  test('a link to the same program is told once', async () => {
    root.write(POP, 'x', 0o755);
    root.link('/usr/local/bin/pop', '../../../opt/popcache/pop');
    expect(await versions()).toEqual([`${POP} testnet `]);
  });

  test('the loader of musl names itself where getconf does not know glibc', async () => {
    root.program('getconf', 'exit 1');
    root.write(
      '/lib/ld-musl-x86_64.so.1',
      '#!/bin/sh\nprintf "musl libc (x86_64)\\nVersion 1.2.5\\nDynamic Program Loader\\n" >&2\n',
      0o755,
    );
    const { samples } = await ask(pipeVersion, { shell, root });
    expect(samples).toEqual([
      { metric: 'pipe_node_libc_info', labels: { name: 'musl', version: '1.2.5' }, value: 1 },
      { metric: 'pipe_node_libc_sufficient', labels: { generation: 'testnet' }, value: 0 },
    ]);
  });
});
