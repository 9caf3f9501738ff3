import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { findTool } from '../stack/tools.js';
import { buildBatch } from './batch.js';
import type { Snippet } from './collector.js';
import { installations } from './pipe-node/installations.js';
import { allProcesses, processes } from './pipe-node/processes.js';
import { systemd } from './systemd.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { runBatch } from './testing/shell.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const ETC = '/etc/systemd/system';
const SLICE = '/sys/fs/cgroup/system.slice';

let busybox = '';
let root: FakeRoot;

beforeAll(async () => {
  busybox = await findTool('busybox');
});
beforeEach(() => {
  root = createFakeRoot();
});
afterEach(() => root.remove());

/** The variables that snippets set on the node, as words, in a shell that finds no program at all. */
function run(
  shell: readonly string[],
  snippets: readonly Snippet[],
  variables: readonly string[],
): string[][] {
  const script = snippets.map((snippet) => root.moved(snippet.script(DEFAULT_SOFTWARE))).join('\n');
  const print = variables.map((name) => `echo "$${name}"`).join('\n');
  const [program = '', ...words] = shell;
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

const SHELLS: readonly [name: string, shell: () => readonly string[]][] = [
  ['dash', () => ['/bin/dash']],
  ['bash as sh', () => ['/bin/bash', '--posix']],
  ['ash of busybox', () => [busybox, 'ash']],
];

describe.each(SHELLS)('installations in %s', (_, shell) => {
  const look = (): { generations: string[]; units: string[] } => {
    const [generations = [], units = []] = run(shell(), [installations], ['G', 'N']);
    return { generations, units };
  };

  test('a bare node has nothing', () => {
    root.folder(ETC);
    expect(look()).toEqual({ generations: [], units: [] });
  });

  test.each(['popcache', 'pop', 'popd', 'pipe', 'pipe-pop', 'pipe-node', 'dcdnd'])(
    'finds the unit %s, of whatever origin, once',
    (unit) => {
      root.file(`${ETC}/${unit}.service`);
      root.file(`/lib/systemd/system/${unit}.service`);
      root.file(`/usr/lib/systemd/system/${unit}.service`);
      expect(look().units).toEqual([`${unit}.service`]);
    },
  );

  test('finds several of the same on one node', () => {
    const units = ['pipe-node_2', 'pop-03', 'pop1', 'pop2', 'popcache-eu', 'popcache12', 'popcache2'];
    for (const unit of units) root.file(`${ETC}/${unit}.service`);
    expect(look().units).toEqual(units.map((unit) => `${unit}.service`));
  });

  test('finds instances of a template that start at boot or run, but not the template', () => {
    root.file(`${ETC}/popcache@.service`);
    root.link(`${ETC}/multi-user.target.wants/popcache@1.service`, root.at(`${ETC}/popcache@.service`));
    root.folder(`${SLICE}/system-popcache.slice/popcache@1.service`);
    root.folder(`${SLICE}/system-popcache.slice/popcache@2.service`);
    expect(look().units).toEqual(['popcache@1.service', 'popcache@2.service']);
  });

  test('finds a unit that is a link into a folder which is closed to the account', () => {
    root.link(`${ETC}/popcache.service`, '/nonexistent/popcache.service');
    expect(look().units).toEqual(['popcache.service']);
  });

  test('takes no other software for it', () => {
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
    for (const unit of others) root.file(`${ETC}/${unit}.service`, '[Service]\nExecStart=/x --pubKey k\n');
    root.file(`${ETC}/popcache.timer`);
    root.file(`${ETC}/popcache x.service`);
    root.file(`${ETC}/popcache$(id).service`);
    expect(look()).toEqual({ generations: [], units: [] });
  });

  test('stops after 32 units', () => {
    for (let i = 10; i < 90; i++) root.file(`${ETC}/popcache${i}.service`);
    expect(look().units).toHaveLength(32);
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
  ])('tells %s by %s', (generation, path) => {
    root.file(path);
    expect(look().generations).toEqual([generation]);
  });

  test('names every generation of which something is there', () => {
    root.file('/opt/popcache/pop');
    root.file('/opt/pipe/pop');
    root.file('/etc/pipe-node/node.env');
    root.file('/opt/pop/node_info.json');
    expect(look().generations).toEqual(['lattice', 'mainnet', 'testnet', 'devnet']);
  });

  test('tells devnet by the options in its unit, whose name says nothing', () => {
    root.file(
      `${ETC}/pipe-node.service`,
      '[Service]\nExecStart=/usr/local/bin/pop --ram 8 \\\n  --max-disk 200\n',
    );
    expect(look()).toEqual({ generations: ['devnet'], units: ['pipe-node.service'] });
  });

  test('a comment, or a unit without these options, is no sign of devnet', () => {
    root.file(
      `${ETC}/pipe-node.service`,
      '# ExecStart=/pop --pubKey k\n[Service]\nExecStart=/opt/pipe/pop\n',
    );
    expect(look().generations).toEqual([]);
  });
});

describe.each(SHELLS)('processes in %s', (_, shell) => {
  const look = (): { ofUnits: string[]; all: string[] } => {
    const [ofUnits = [], all = []] = run(shell(), [installations, processes, allProcesses], ['P', 'Q']);
    return { ofUnits, all };
  };
  const start = (pid: number, comm: string): void => root.file(`/proc/${pid}/comm`, `${comm}\n`);

  test('of a unit are those of its control group that bear the name, and not the shell before them', () => {
    root.file(`${ETC}/pipe.service`);
    root.file(`${SLICE}/pipe.service/cgroup.procs`, '101\n102\n999\n');
    start(101, 'bash');
    start(102, 'pop');
    start(500, 'pop');
    expect(look()).toEqual({ ofUnits: ['102'], all: ['102', '500'] });
  });

  test('of an instance, and under cgroup v1', () => {
    root.file(`${ETC}/popcache@.service`);
    root.file(`${SLICE}/system-popcache.slice/popcache@2.service/cgroup.procs`, '11\n');
    root.file(`${ETC}/pipe-node.service`);
    root.file('/sys/fs/cgroup/systemd/system.slice/pipe-node.service/cgroup.procs', '12\n');
    start(11, 'pop');
    start(12, 'lattice-node');
    expect(look().ofUnits).toEqual(['12', '11']);
  });

  test('are looked for everywhere when no unit runs one', () => {
    root.file(`${ETC}/popcache.service`);
    start(1, 'systemd');
    start(20, 'pop');
    start(21, 'pipe-pop');
    start(22, 'dcdnd');
    start(23, 'popular');
    start(24, 'pop pop');
    expect(look()).toEqual({ ofUnits: ['20', '21', '22'], all: ['20', '21', '22'] });
  });

  test('are none on a bare node', () => {
    expect(look()).toEqual({ ofUnits: [], all: [] });
  });

  test('are 64 at most', () => {
    for (let pid = 100; pid < 200; pid++) start(pid, 'pop');
    root.file(`${ETC}/pop.service`);
    root.file(
      `${SLICE}/pop.service/cgroup.procs`,
      Array.from({ length: 100 }, (__, i) => `${100 + i}\n`).join(''),
    );
    expect(look().ofUnits).toHaveLength(64);
    expect(look().all).toHaveLength(64);
  });
});

describe.each(SHELLS)('systemd in %s', (_, shell) => {
  /** What a `systemctl` that writes down its arguments was asked, and the section of the batch. */
  const ask = async (): Promise<{ asked: string | undefined; output: string; status: number }> => {
    root.program('/programs/systemctl', `#!/bin/sh\necho "$*" >>${root.at('/asked')}\necho Id=x.service\n`);
    const batch = buildBatch([systemd], DEFAULT_SOFTWARE);
    const stdout = await runBatch(root.moved(batch.command(TOKEN)), {
      shell: shell(),
      path: `${root.at('/programs')}:/usr/bin:/bin`,
    });
    const { output = '', status = -1 } = batch.split(stdout, TOKEN).sections.get('systemd') ?? {};
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
    root.file(`${ETC}/popcache.service`);
    root.file(`${ETC}/popcache2.service`);
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
    root.file(`${ETC}/popcache.service`);
    expect(await ask()).toEqual({ asked: undefined, output: '', status: 0 });
  });
});
