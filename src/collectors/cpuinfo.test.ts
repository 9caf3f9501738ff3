import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { cpuinfo } from './cpuinfo.js';
import { createFakeRoot } from './testing/fake-root.js';
import { ask, SHELLS } from './testing/node.js';

describe.each(SHELLS)('the script in %s', (shell) => {
  const root = createFakeRoot();
  afterAll(() => root.remove());

  test('prints every processor of this machine, and none of the long fields', async () => {
    const { samples, output } = await ask(cpuinfo, { shell, root });
    const processors = readFileSync('/proc/cpuinfo', 'utf8').match(/^processor\s*:/gm) ?? [];
    expect(samples.filter(({ metric }) => metric === 'node_cpu_info')).toHaveLength(processors.length);
    expect(output).not.toMatch(/^(?:flags|bugs|Features)/m);
  });
});
