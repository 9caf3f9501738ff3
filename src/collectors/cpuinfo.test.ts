import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { cpuinfo } from './cpuinfo.js';
import { createTree, TREE_SHELLS } from './testing/tree.js';

describe.each(TREE_SHELLS)('the script in %s', (shell) => {
  const tree = createTree();
  afterAll(() => tree.remove());

  test('prints every processor of this machine, and none of the long fields', async () => {
    const { samples, output } = await tree.run(cpuinfo, shell);
    const processors = readFileSync('/proc/cpuinfo', 'utf8').match(/^processor\s*:/gm) ?? [];
    expect(samples.filter(({ metric }) => metric === 'node_cpu_info')).toHaveLength(processors.length);
    expect(output).not.toMatch(/^(?:flags|bugs|Features)/m);
  });
});
