import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import type { Snippet } from './collector.js';
import { installations } from './pipe-node/installations.js';
import { allProcesses, processes } from './pipe-node/processes.js';
import { systemd } from './systemd.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { askAll, SHELLS, wordsOf, type Shell } from './testing/node.js';

const ETC = '/etc/systemd/system';
const SLICE = '/sys/fs/cgroup/system.slice';

let root: FakeRoot;
beforeEach(() => {
  root = createFakeRoot('/proc', '/sys');
});
afterEach(() => root.remove());

/** The variables that snippets set on the node, as words, in a shell that finds no program at all. */
async function run(
  shell: Shell,
  snippets: readonly Snippet[],
  variables: readonly string[],
): Promise<string[][]> {
  const script = snippets.map((snippet) => root.moved(snippet.script(DEFAULT_SOFTWARE))).join('\n');
  const print = variables.map((name) => `echo "$${name}"`).join('\n');
  const [program = '', ...words] = await wordsOf(shell);
  const { stdout, stderr, status } = spawnSync(
    program,
    [...words, '-c', `PATH=/nonexistent\n${script}\n${print}`],
    {
      encoding: 'utf8',
    },
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout
    .split('\n')
    .slice(0, variables.length)
    .map((line) => line.split(' ').filter((word) => word !== ''));
}

describe.each(SHELLS)('installations in %s', (shell) => {
  const look = async (): Promise<{ generations: string[]; units: string[] }> => {
    const [generations = [], units = []] = await run(shell, [installations], ['G', 'N']);
    return { generations, units };
  };

  test('a bare node has nothing', async () => {
    root.folder(ETC);
    expect(await look()).toEqual({ generations: [], units: [] });
  });

  test.each(['popcache', 'pop', 'popd', 'pipe', 'pipe-pop', 'pipe-node', 'dcdnd'])(
    'finds the unit %s, of whatever origin, once',
    async (unit) => {
      root.write(`${ETC}/${unit}.service`);
      root.write(`/lib/systemd/system/${unit}.service`);
      root.write(`/usr/lib/systemd/system/${unit}.service`);
      expect((await look()).units).toEqual([`${unit}.service`]);
    },
  );

  test('finds several of the same on one node', async () => {
    const units = ['pipe-node_2', 'pop-03', 'pop1', 'pop2', 'popcache-eu', 'popcache12', 'popcache2'];
    for (const unit of units) root.write(`${ETC}/${unit}.service`);
    expect((await look()).units).toEqual(units.map((unit) => `${unit}.service`));
  });

  test('finds instances of a template that start at boot or run, but not the template', async () => {
    root.write(`${ETC}/popcache@.service`);
    root.link(`${ETC}/multi-user.target.wants/popcache@1.service`, root.at(`${ETC}/popcache@.service`));
    root.folder(`${SLICE}/system-popcache.slice/popcache@1.service`);
    root.folder(`${SLICE}/system-popcache.slice/popcache@2.service`);
    expect((await look()).units).toEqual(['popcache@1.service', 'popcache@2.service']);
  });

  test('finds a unit that is a link into a folder which is closed to the account', async () => {
    root.link(`${ETC}/popcache.service`, '/nonexistent/popcache.service');
    expect((await look()).units).toEqual(['popcache.service']);
  });

  test('takes no other software for it', async () => {
    const others = [
      'popularity-contest',
      'pop-upgrade',
      'pop3d',
      'pipewire',
      'pipewire-pulse',
      'pipefleet',
      'piper',
      'dbus',
    ];
    for (const unit of others) root.write(`${ETC}/${unit}.service`, '[Service]\nExecStart=/x --pubKey k\n');
    root.write(`${ETC}/popcache.timer`);
    root.write(`${ETC}/popcache x.service`);
    root.write(`${ETC}/popcache$(id).service`);
    expect(await look()).toEqual({ generations: [], units: [] });
  });

  test('stops after 32 units', async () => {
    for (let i = 10; i < 90; i++) root.write(`${ETC}/popcache${i}.service`);
    expect((await look()).units).toHaveLength(32);
  });

  test.each([
    ['lattice', '/etc/pipe-node/node.env'],
    ['lattice', '/usr/local/bin/lattice-node'],
    ['mainnet', '/opt/pipe/.env'],
    ['mainnet', '/opt/pipe/pop'],
    ['testnet', '/opt/popcache/config.json'],
    ['testnet', `${ETC}/popcache.service`],
    ['devnet', '/var/lib/pop/node_info.json'],
    ['devnet', '/opt/dcdn/node_info.json'],
  ])('tells %s by %s', async (generation, path) => {
    root.write(path);
    expect((await look()).generations).toEqual([generation]);
  });

  test('names every generation of which something is there', async () => {
    root.write('/opt/popcache/pop');
    root.write('/opt/pipe/pop');
    root.write('/etc/pipe-node/node.env');
    root.write('/opt/pop/node_info.json');
    expect((await look()).generations).toEqual(['lattice', 'mainnet', 'testnet', 'devnet']);
  });

  test('tells devnet by the options in its unit, whose name says nothing', async () => {
    root.write(
      `${ETC}/pipe-node.service`,
      '[Service]\nExecStart=/usr/local/bin/pop --ram 8 \\\n  --max-disk 200\n',
    );
    expect(await look()).toEqual({ generations: ['devnet'], units: ['pipe-node.service'] });
  });

  test('a comment, or a unit without these options, is no sign of devnet', async () => {
    root.write(
      `${ETC}/pipe-node.service`,
      '# ExecStart=/pop --pubKey k\n[Service]\nExecStart=/opt/pipe/pop\n',
    );
    expect((await look()).generations).toEqual([]);
  });
});

describe.each(SHELLS)('processes in %s', (shell) => {
  const look = async (): Promise<{ ofUnits: string[]; all: string[] }> => {
    const [ofUnits = [], all = []] = await run(shell, [installations, processes, allProcesses], ['P', 'Q']);
    return { ofUnits, all };
  };
  const start = (pid: number, comm: string): void => root.write(`/proc/${pid}/comm`, `${comm}\n`);

  test('of a unit are those of its control group that bear the name, and not the shell before them', async () => {
    root.write(`${ETC}/pipe.service`);
    root.write(`${SLICE}/pipe.service/cgroup.procs`, '101\n102\n999\n');
    start(101, 'bash');
    start(102, 'pop');
    start(500, 'pop');
    expect(await look()).toEqual({ ofUnits: ['102'], all: ['102', '500'] });
  });

  test('of an instance, and under cgroup v1', async () => {
    root.write(`${ETC}/popcache@.service`);
    root.write(`${SLICE}/system-popcache.slice/popcache@2.service/cgroup.procs`, '11\n');
    root.write(`${ETC}/pipe-node.service`);
    root.write('/sys/fs/cgroup/systemd/system.slice/pipe-node.service/cgroup.procs', '12\n');
    start(11, 'pop');
    start(12, 'lattice-node');
    expect((await look()).ofUnits).toEqual(['12', '11']);
  });

  test('are looked for everywhere when no unit runs one', async () => {
    root.write(`${ETC}/popcache.service`);
    start(1, 'systemd');
    start(20, 'pop');
    start(21, 'pipe-pop');
    start(22, 'dcdnd');
    start(23, 'popular');
    start(24, 'pop pop');
    expect(await look()).toEqual({ ofUnits: ['20', '21', '22'], all: ['20', '21', '22'] });
  });

  test('are none on a bare node', async () => {
    expect(await look()).toEqual({ ofUnits: [], all: [] });
  });

  test('are 64 at most', async () => {
    for (let pid = 100; pid < 200; pid++) start(pid, 'pop');
    root.write(`${ETC}/pop.service`);
    root.write(
      `${SLICE}/pop.service/cgroup.procs`,
      Array.from({ length: 100 }, (__, i) => `${100 + i}\n`).join(''),
    );
    expect((await look()).ofUnits).toHaveLength(64);
    expect((await look()).all).toHaveLength(64);
  });
});

describe.each(SHELLS)('systemd in %s', (shell) => {
  /** What a `systemctl` that writes down its arguments was asked, and the section of the batch. */
  const ask = async (): Promise<{ asked: string | undefined; output: string; status: number }> => {
    root.program('systemctl', `echo "$*" >>${root.at('/asked')}; echo Id=x.service`);
    const { sections } = await askAll([systemd], { shell, root });
    const { output = '', status = -1 } = sections.get('systemd') ?? {};
    let asked: string | undefined;
    try {
      asked = readFileSync(root.at('/asked'), 'utf8');
    } catch {
      asked = undefined;
    }
    return { asked, output, status };
  };

  test('is asked once, for the units that are there, and never for what may hold a secret', async () => {
    root.folder('/run/systemd/system');
    root.write(`${ETC}/popcache.service`);
    root.write(`${ETC}/popcache2.service`);
    const { asked, output, status } = await ask();
    expect(asked).toMatch(/^show -p \S+ popcache\.service popcache2\.service\n$/);
    expect(asked).not.toMatch(/ExecStart\b|Environment|Description/);
    expect({ output, status }).toEqual({ output: 'Id=x.service\n', status: 0 });
  });

  test('is not asked on a node without such a unit', async () => {
    root.folder('/run/systemd/system');
    expect(await ask()).toEqual({ asked: undefined, output: '', status: 0 });
  });

  test('is not asked where it does not run', async () => {
    root.write(`${ETC}/popcache.service`);
    expect(await ask()).toEqual({ asked: undefined, output: '', status: 0 });
  });
});
