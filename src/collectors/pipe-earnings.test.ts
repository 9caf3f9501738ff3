import { chmodSync, renameSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pipeEarnings } from './pipe-earnings.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { withGenerations } from './testing/generations.js';
import { askAll } from './testing/node.js';

/** What the section prints on a node whose program is this shell script. */
async function print(
  root: FakeRoot,
  generation: string,
  program: string,
  change: (root: FakeRoot) => void = () => undefined,
): Promise<string> {
  root.write('/opt/pipe/pop', `#!/bin/sh\n${program}\n`, 0o755);
  root.write('/opt/pipe/.env');
  change(root);
  const collector = withGenerations(pipeEarnings, generation);
  const { complete, sections } = await askAll([collector], { shell: 'dash', root });
  expect(complete).toBe(true);
  return sections.get('pipe-earnings')?.output ?? '';
}

describe('the program of the node software', () => {
  let root: FakeRoot;
  beforeEach(() => {
    root = createFakeRoot();
  });
  afterEach(() => root.remove());

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

  test.each<[string, (root: FakeRoot) => void]>([
    ['others may write it', (at) => chmodSync(at.at('/opt/pipe/pop'), 0o775)],
    ['others may write its folder', (at) => chmodSync(at.at('/opt/pipe'), 0o777)],
    ['it has not what mainnet has beside it', (at) => rmSync(at.at('/opt/pipe/.env'))],
    [
      'it is a link',
      (at) => {
        renameSync(at.at('/opt/pipe/pop'), at.at('/opt/other'));
        at.link('/opt/pipe/pop', '../other');
      },
    ],
  ])('is not started when %s', async (_, change) => {
    expect(await print(root, 'mainnet', 'echo started', change)).toBe('');
  });

  test('is ended when it hangs, with what it has printed, and cannot print without end', async () => {
    expect(await print(root, 'mainnet', 'echo "Total Earnings: $1"; while :; do :; done')).toContain('Total');
    expect((await print(root, 'mainnet', 'while :; do echo x; done')).length).toBeLessThan(10_000);
  });
});
