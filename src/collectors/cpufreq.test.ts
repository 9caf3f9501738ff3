import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cpufreq } from './cpufreq.js';
import { createFakeRoot } from './testing/fake-root.js';
import { ask, SHELLS } from './testing/node.js';

const PROCESSORS = 19;

describe.each(SHELLS)('the script in %s', (shell) => {
  const root = createFakeRoot('/sys');

  beforeAll(() => {
    for (let cpu = 0; cpu < PROCESSORS; cpu++)
      root.write(`/sys/devices/system/cpu/cpu${cpu}/cpufreq/scaling_cur_freq`, `${800_000 + cpu}\n`);
  });
  afterAll(() => root.remove());

  test('asks for every processor, however many there are', async () => {
    const { samples, status } = await ask(cpufreq, { shell, root });
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
    const nowhere = createFakeRoot('/sys');
    const { samples, output, status } = await ask(cpufreq, { shell, root: nowhere });
    nowhere.remove();
    expect({ samples, output, status }).toEqual({ samples: [], output: '', status: 0 });
  });
});
