import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cpufreq } from './cpufreq.js';
import { createTree, TREE_SHELLS } from './testing/tree.js';

const PROCESSORS = 19;

describe.each(TREE_SHELLS)('the script in %s', (shell) => {
  const tree = createTree();
  const here = { ...cpufreq, files: [], script: scriptOf(cpufreq, tree.root) };

  beforeAll(() => {
    for (let cpu = 0; cpu < PROCESSORS; cpu++)
      tree.write(`/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_cur_freq`, `${800_000 + cpu}\n`);
  });
  afterAll(() => tree.remove());

  test('asks for every processor, however many there are', async () => {
    const { samples, status } = await tree.run(here, shell);
    const expected = Array.from({ length: PROCESSORS }, (_, cpu) => ({
      metric: 'node_cpu_scaling_frequency_hertz',
      labels: { cpu: String(cpu) },
      value: (800_000 + cpu) * 1000,
    }));
    expect(status).toBe(0);
    expect(samples).toHaveLength(PROCESSORS);
    expect(samples).toEqual(expect.arrayContaining(expected));
  });

  test('is silent where the kernel governs no frequency', async () => {
    const nowhere = { ...cpufreq, files: [], script: scriptOf(cpufreq, `${tree.root}/nowhere`) };
    const { samples, output, status } = await tree.run(nowhere, shell);
    expect({ samples, output, status }).toEqual({ samples: [], output: '', status: 0 });
  });
});

/** The script of the collector with sysfs below a folder. */
function scriptOf({ script }: typeof cpufreq, root: string): NonNullable<typeof script> {
  return (software) => (script?.(software) ?? '').replaceAll('/sys/', `${root}/sys/`);
}
