import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { buildBatch } from './batch.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { pipeEarnings } from './pipe-earnings.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { withGenerations } from './testing/nodes.js';
import { runBatch } from './testing/shell.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';

/** What the section prints on a node whose program is this shell script. */
async function print(root: FakeRoot, generation: string, program: string): Promise<string> {
  root.program('/opt/pipe/pop', `#!/bin/sh\n${program}\n`);
  const collector = withGenerations(pipeEarnings, generation);
  const moved = { ...collector, script: () => root.moved(collector.script?.(DEFAULT_SOFTWARE) ?? '') };
  const batch = buildBatch([moved], DEFAULT_SOFTWARE);
  const output = batch.split(await runBatch(batch.command(TOKEN), { shell: ['dash'] }), TOKEN);
  expect(output.complete).toBe(true);
  return output.sections.get('pipe-earnings')?.output ?? '';
}

describe('the program of the node software', () => {
  let root: FakeRoot;
  beforeEach(() => {
    root = createFakeRoot();
  });
  afterEach(() => {
    root.remove();
  });

  test('is started with one word, from the root folder, and knows nothing of our environment', async () => {
    process.env['PIPEFLEET_TEST_SECRET'] = 'secret';
    try {
      const text = await print(root, 'mainnet', 'echo "$@"; pwd; env');
      expect(text.split('\n').slice(0, 2)).toEqual(['earnings', '/']);
      expect(text).not.toContain('secret');
    } finally {
      delete process.env['PIPEFLEET_TEST_SECRET'];
    }
  });

  test('is not started where another generation is installed', async () => {
    expect(await print(root, 'testnet', 'echo started')).toBe('');
  });

  test('is ended when it hangs, with what it has printed, and cannot print without end', async () => {
    expect(await print(root, 'mainnet', 'echo "Total Earnings: $1"; while :; do :; done')).toContain('Total');
    expect((await print(root, 'mainnet', 'while :; do echo x; done')).length).toBeLessThan(10_000);
  });
});
