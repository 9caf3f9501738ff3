import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { processes } from './processes.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { ask, SHELLS } from './testing/node.js';

let root: FakeRoot;
beforeEach(() => {
  root = createFakeRoot('/proc');
});
afterEach(() => root.remove());

describe.each(SHELLS)('the script in %s', (shell) => {
  const count = async (): Promise<string> => (await ask(processes, { shell, root })).output;
  const start = (pid: number, name: string, ...threads: readonly number[]): void => {
    root.write(`/proc/${pid}/comm`, `${name}\n`);
    for (const thread of [pid, ...threads]) root.write(`/proc/${pid}/task/${thread}/comm`, `${name}\n`);
  };

  test('counts processes; on a machine of its own, the kernel knows the threads', async () => {
    start(1, 'systemd');
    start(2, 'kthreadd');
    start(812, 'pop', 813, 814);
    expect(await count()).toBe('3\n');
  });

  test('counts threads too in a container, where the kernel says those of the whole machine', async () => {
    start(1, 'systemd');
    start(75, 'pop', 76, 77);
    expect(await count()).toBe('2\n4\n');
  });

  test('says nothing where the processes of others are hidden', async () => {
    start(812, 'sh');
    expect(await count()).toBe('');
  });
});
