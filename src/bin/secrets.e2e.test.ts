import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { replaceFile } from '../config/edit/replace-file.js';
import { createFile } from '../core/create-file.js';
import { tryLock } from '../core/lock.js';
import { quote } from '../core/shell.js';
import { NO_MACHINES, startMachine } from '../ops/testing/machine.js';
import { writeFleet } from '../sim/fleet-files.js';
import { checkoutFolder } from '../stack/checkout.js';
import { findTool } from '../stack/tools.js';
import { describeUnless } from '../testing/describe-unless.js';
import { blocksOf } from '../testing/markdown.js';

const ROOT = checkoutFolder();
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const documents = ['README.md', 'docker-compose.yml', 'pipefleet.example.yml', 'bundle.example.yml'].concat(
  readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
);

/** What decides in a clone about what git, npm and Docker take along. */
const DECIDING = ['.gitignore', '.dockerignore', 'package.json', 'README.md', 'LICENSE'];

let git: string;
beforeAll(async () => {
  git = await findTool('git');
});

let folder: string;
let clone: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-secrets-'));
  clone = join(folder, 'clone');
  mkdirSync(clone);
  writeFileSync(join(folder, '.gitconfig'), '[safe]\n  directory = *\n');
  for (const name of DECIDING) copyFileSync(join(ROOT, name), join(clone, name));
  inGit('init', '--quiet');
  inGit('add', '--all');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs git without the settings of the machine: one of its own could ignore what ours has to. */
function inGit(...words: string[]): string {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync(git, words, { cwd: clone, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What `git add -A` would add to what the clone has. */
const wouldBeAdded = (): string[] => inGit('add', '--all', '--dry-run').split('\n').filter(Boolean);

function plant(names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(clone, name)), { recursive: true });
    writeFileSync(join(clone, name), 'secret\n');
  }
}

/** Every file, relative to the checkout, into which a document has its reader write, or that it names for the tools to read. */
function namedFiles(): string[] {
  const written = />>? ?(?<name>[\w.-][\w./-]*)/g;
  const configured = /\b[a-z_]+_file: (?<name>[\w.-][\w./-]*)/g;
  const options = /--web\.(?:config|tokens)\.file (?<name>[\w.-][\w./-]*)/g;
  const names = documents.flatMap((document) =>
    [written, configured, options].flatMap((pattern) =>
      [...read(document).matchAll(pattern)].map(({ groups }) => groups?.['name'] ?? ''),
    ),
  );
  // Numbers are comparisons.
  return [...new Set(names)].filter((name) => /[a-z]/.test(name)).sort();
}

describe('in a clone, git add -A adds', () => {
  describeUnless(NO_MACHINES, 'nothing', () => {
    test('after the steps of the README', async () => {
      const machine = await startMachine({ address: '127.0.24.1' });
      try {
        const steps = blocksOf(read('README.md'), '').find((block) => block.includes('keys generate')) ?? '';
        const login = ['--name', 'fra-1', '--identity', machine.keyFile, '--yes'];
        const commands = steps
          .split('\n')
          .filter((line) => line.startsWith('pipefleet '))
          .map((line) => line.replace('root@fra-1.example.net', `root@${machine.address}:${machine.port}`))
          .map((line) =>
            line.includes('nodes add')
              ? `${line} --host-key ${machine.hostKeyFingerprint} ${login.map(quote).join(' ')}`
              : line,
          );
        expect(commands).toHaveLength(2);
        const program = quote(join(ROOT, 'dist/bin/pipefleet.js'));
        const script = `pipefleet() { ${quote(process.execPath)} ${program} "$@"; }\n${commands.join('\n')}`;
        const env = { ...process.env, HOME: folder, XDG_STATE_HOME: join(clone, 'state') };
        execFileSync('/bin/sh', ['-ec', script], { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'] });
        expect(readdirSync(clone)).toEqual(
          expect.arrayContaining(['keys', 'known_hosts', 'pipefleet.yml', 'state']),
        );
        expect(wouldBeAdded()).toEqual([]);
      } finally {
        await machine.dispose();
      }
    }, 120_000);
  });

  test('no file that a document names, no copy of one by an editor, and no memory of a process', () => {
    const named = namedFiles();
    expect(named).toEqual(
      expect.arrayContaining(['.env', 'gate', 'keys/monitor', 'known_hosts', 'secrets/telegram-bot-token']),
    );
    expect(named).toEqual(expect.arrayContaining(['server.key', 'token', 'tokens.yml', 'web.yml']));
    const configurations = ['pipefleet.yml', 'bundle.yml'];
    const copies = [...named, ...configurations].flatMap((name) => [
      `${name}~`,
      `${name}.bak`,
      `${name}.orig`,
    ]);
    const memory = ['core', 'core.1234', 'report.20261125.101112.1.0.001.json', 'Heap.1.heapsnapshot'];
    plant([...named, ...configurations, ...copies, ...memory]);
    expect(wouldBeAdded()).toEqual([]);
  });

  test('no key of a simulated fleet, wherever it lies', async () => {
    for (const folder of ['sim-fleet', 'my-fleet'])
      await writeFleet(join(clone, folder), [], 'secret', 'real');
    expect(wouldBeAdded()).toEqual([]);
  });

  test('nothing that a writer leaves when it is killed before the file has its name', async () => {
    const seen = new Set<string>();
    const watcher = watch(clone, (_event, name) => seen.add(name ?? ''));
    const at = (name: string): string => join(clone, name);
    let mode = 0;
    await createFile(at('made'), 'secret', 0o600);
    await replaceFile(at('replaced'), Buffer.from('secret'), 0o600, async () => {
      ({ mode } = await stat(at('.replaced.tmp')));
    });
    await (
      await tryLock(at('replaced.lock'))
    )?.();
    while (!seen.has('replaced.lock')) await once(watcher, 'change');
    watcher.close();
    const left = [...seen].filter((name) => !['made', 'replaced', '.git'].includes(name));
    expect(left).toEqual([expect.stringMatching(/^\.made\..+\.tmp$/), '.replaced.tmp', 'replaced.lock']);
    expect(mode & 0o777).toBe(0o600);
    rmSync(at('made'));
    rmSync(at('replaced'));
    plant(left);
    expect(wouldBeAdded()).toEqual([]);
  });
});

describe('of secrets in a clone', () => {
  beforeEach(() => plant(namedFiles()));

  test('npm packs none', () => {
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json'], {
        cwd: clone,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as [{ readonly files: readonly { readonly path: string }[] }];
    expect(packed.files.map(({ path }) => path).sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
  });

  test('Docker is sent none', () => {
    const lines = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const [first, ...others] = lines;
    expect(first).toBe('*');
    const sent = others.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(namedFiles().filter((name) => sent.includes(name.split('/')[0] ?? ''))).toEqual([]);
  });
});

describeUnless(existsSync(join(ROOT, '.git')) ? undefined : 'this is no clone', 'the repository', () => {
  test('ignores no file of its own', () => {
    expect(inGit('-C', ROOT, 'ls-files', '--cached', '--ignored', '--exclude-standard')).toBe('');
  });
});
