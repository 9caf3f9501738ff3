import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pipeIdentity } from './pipe-identity.js';
import { expectPromised } from './testing/promises.js';
import { createTree, TREE_SHELLS, type Tree } from './testing/tree.js';

let tree: Tree;
beforeEach(() => {
  tree = createTree();
});
afterEach(() => tree.remove());

describe.each(TREE_SHELLS)('%s', (shell) => {
  const run = async () => {
    const { samples } = await tree.run(pipeIdentity, shell);
    expectPromised(pipeIdentity, samples);
    return samples
      .filter(({ metric }) => !metric.includes('_timestamp_'))
      .map(({ metric, labels, value }) => `${metric} ${Object.values(labels ?? {}).join(' ')} ${value}`);
  };

  test('permissions, and the identity that they guard', async () => {
    tree.write('/opt/popcache/.pop_state.json', 'secret', 0o600);
    tree.write('/opt/popcache/config.json', 'secret', 0o644);
    expect(await run()).toEqual([
      'pipe_node_identity_file_mode /opt/popcache/.pop_state.json 600',
      'pipe_node_identity_file_private /opt/popcache/.pop_state.json 1',
      'pipe_node_identity_file_mode /opt/popcache/config.json 644',
      'pipe_node_identity_file_private /opt/popcache/config.json 0',
      'pipe_node_identity_files testnet 1',
    ]);
  });

  test('a lost identity is none, a second one is two, and a link to the first is no second', async () => {
    tree.write('/opt/pop/pop', 'x');
    tree.write('/opt/popcache/config.json', '{}');
    expect(await run()).toEqual(
      expect.arrayContaining(['pipe_node_identity_files devnet 0', 'pipe_node_identity_files testnet 0']),
    );
    tree.write('/opt/pop/node_info.json', '{}');
    symlinkSync('../pop/node_info.json', join(tree.root, '/opt/popcache/node_info.json'));
    expect(await run()).toContain('pipe_node_identity_files devnet 1');
    tree.write('/var/lib/pop/node_info.json', '{}');
    expect(await run()).toContain('pipe_node_identity_files devnet 2');
  });

  test('a backup shows by its stamp', async () => {
    const { samples: before } = await tree.run(pipeIdentity, shell);
    expect(before).toEqual([]);
    tree.write('/var/lib/pipefleet/backup.stamp', '');
    const { samples } = await tree.run(pipeIdentity, shell);
    expect(samples.map(({ metric }) => metric)).toEqual(['pipe_node_backup_timestamp_seconds']);
  });
});
