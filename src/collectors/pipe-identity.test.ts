import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pipeIdentity } from './pipe-identity.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { ask, SHELLS } from './testing/node.js';
import { expectPromised } from './testing/promises.js';

let root: FakeRoot;
beforeEach(() => {
  root = createFakeRoot();
});
afterEach(() => root.remove());

describe.each(SHELLS)('%s', (shell) => {
  const run = async () => {
    const { samples } = await ask(pipeIdentity, { shell, root });
    expectPromised(pipeIdentity, samples);
    return samples
      .filter(({ metric }) => !metric.includes('_timestamp_'))
      .map(({ metric, labels, value }) => `${metric} ${Object.values(labels ?? {}).join(' ')} ${value}`);
  };

  test('permissions, and the identity that they guard', async () => {
    root.write('/opt/popcache/.pop_state.json', 'secret', 0o600);
    root.write('/opt/popcache/config.json', 'secret', 0o644);
    expect(await run()).toEqual([
      'pipe_node_identity_file_mode /opt/popcache/.pop_state.json 600',
      'pipe_node_identity_file_private /opt/popcache/.pop_state.json 1',
      'pipe_node_identity_file_mode /opt/popcache/config.json 644',
      'pipe_node_identity_file_private /opt/popcache/config.json 0',
      'pipe_node_identity_files testnet 1',
    ]);
  });

  test('a lost identity is none, a second one is two, and a link to the first is no second', async () => {
    root.write('/opt/pop/pop', 'x');
    root.write('/opt/popcache/config.json', '{}');
    expect(await run()).toEqual(
      expect.arrayContaining(['pipe_node_identity_files devnet 0', 'pipe_node_identity_files testnet 0']),
    );
    root.write('/opt/pop/node_info.json', '{}');
    root.link('/opt/popcache/node_info.json', '../pop/node_info.json');
    expect(await run()).toContain('pipe_node_identity_files devnet 1');
    root.write('/var/lib/pop/node_info.json', '{}');
    expect(await run()).toContain('pipe_node_identity_files devnet 2');
  });

  test('no identity is lost where the files could not all be told', async () => {
    root.write('/opt/popcache/.pop_state.json', 'secret', 0o600);
    root.program('stat', 'exit 1');
    expect(await run()).toEqual([]);
  });

  test('a backup shows by its stamp', async () => {
    const { samples: before } = await ask(pipeIdentity, { shell, root });
    expect(before).toEqual([]);
    root.write('/var/lib/pipefleet/backup.stamp', '');
    const { samples } = await ask(pipeIdentity, { shell, root });
    expect(samples.map(({ metric }) => metric)).toEqual(['pipe_node_backup_timestamp_seconds']);
  });
});
