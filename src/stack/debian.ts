import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipefleetError } from '../core/errors.js';
import { aptComplaints } from './apt-complaints.js';
import { releaseCodename } from './debian-release.js';
import { parseUpdateUris, releaseSources, renderSources } from './debian-sources.js';
import { run, type RunResult } from './run.js';
import type { Say } from './say.js';

/** What to unpack. */
export interface PackageRequest {
  readonly packages: readonly string[];
  /** `sid` for what the machine's own release has only in a version that is too old. */
  readonly suite: 'release' | 'sid';
  /**
   * With everything that they need, whatever the machine has: down to the C library, under whose own loader the programs then
   * run. For what needs a newer one than the machine's.
   */
  readonly whole?: boolean;
}

const KEYRINGS = [
  '/usr/share/keyrings/debian-archive-keyring.pgp',
  '/usr/share/keyrings/debian-archive-keyring.gpg',
];
const WORK_PREFIX = 'unpack-';
const APT_TIMEOUT_MS = 10 * 60 * 1000;

/**
 * Unpacks Debian packages, together with the packages they need and the machine lacks, into one folder tree. Nothing is
 * installed: apt works on lists, settings and a download folder of its own below `state`, needs no root, and accepts only
 * what Debian's archive keys have signed. The mirror is the machine's own.
 *
 * @param state folder for apt's own files; made when it is missing
 * @param target folder that must not exist; it appears complete or not at all
 * @param finish is given the unpacked tree before it appears
 * @throws {PipefleetError} `tool_missing` when this is not Debian, or the packages cannot be had
 */
export async function unpackPackages(
  request: PackageRequest,
  state: string,
  target: string,
  finish: (root: string) => Promise<void>,
  say: Say,
): Promise<void> {
  const wanted = request.packages.join(', ');
  const apt = await openApt(state, say);
  await removeLeftOvers(state);
  const work = await mkdtemp(join(state, WORK_PREFIX));
  try {
    say(`Downloading ${wanted} from Debian ${request.suite === 'sid' ? 'sid' : await releaseCodename()}.`);
    let update = apt.said;
    let result = await download(apt.words, request, work);
    if (result.code !== 0) {
      // What an update leaves out explains what is then not found.
      update = await updateLists(apt.words, state, say);
      result = await download(apt.words, request, work);
    }
    if (result.code !== 0) throw unavailable(wanted, update, result.stderr);

    const archives = (await readdir(work)).filter((file) => file.endsWith('.deb'));
    if (archives.length === 0) {
      throw new PipefleetError(
        'tool_missing',
        `Debian's apt says that ${wanted} is installed, but its program is not there: reinstall it.`,
      );
    }
    const root = join(work, 'root');
    for (const archive of archives) {
      if (/^libc6_/.test(archive) && request.whole !== true) throw tooOld(wanted);
      const unpacked = await run('dpkg-deb', ['--extract', join(work, archive), root], {
        timeoutMs: APT_TIMEOUT_MS,
      });
      if (unpacked.code !== 0) throw unavailable(wanted, unpacked.stderr);
    }
    await finish(root);
    await rename(root, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What a process left that was ended while it unpacked: the caller's lock says that there is none now. */
async function removeLeftOvers(state: string): Promise<void> {
  for (const name of await readdir(state)) {
    if (name.startsWith(WORK_PREFIX)) await rm(join(state, name), { recursive: true, force: true });
  }
}

interface Apt {
  /** Arguments that make apt-get use the private state. */
  readonly words: readonly string[];
  /** What it complained of when it read the lists for the first time. */
  readonly said: string;
}

async function openApt(state: string, say: Say): Promise<Apt> {
  const codename = await releaseCodename();
  const keyring = KEYRINGS.find((path) => existsSync(path));
  const uris = await run('apt-get', ['-o', 'Debug::NoLocking=1', 'update', '--print-uris']);
  const sources = releaseSources(parseUpdateUris(uris.stdout), codename);
  if (keyring === undefined || sources.length === 0) {
    throw new PipefleetError(
      'tool_missing',
      `apt on this machine has no source or no keyring for Debian ${codename}: install the programs and put them on PATH.`,
    );
  }
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(state, 'cache'), { recursive: true });
  await writeFile(join(state, 'debian.sources'), renderSources(sources, keyring));
  await writeFile(join(state, 'preferences'), 'Package: *\nPin: release n=sid\nPin-Priority: 100\n');
  await writeFile(join(state, 'apt.conf'), aptConfiguration(state));
  const words = ['-q', '-c', join(state, 'apt.conf')];
  return { words, said: (await hasLists(state)) ? '' : await updateLists(words, state, say) };
}

/** The system's own settings apply (a proxy, certificates), save its folders, its hooks and its extra indexes. */
function aptConfiguration(state: string): string {
  return `#clear APT::Update;
#clear DPkg::Pre-Invoke;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
#clear Acquire::IndexTargets::deb::DEP-11;
#clear Acquire::IndexTargets::deb::Contents-deb;
Acquire::Languages "none";
Acquire::Retries "1";
APT::Sandbox::User "root";
APT::Default-Release "";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Debug::NoLocking "true";
Dir::State "${state}";
Dir::State::Status "/var/lib/dpkg/status";
Dir::State::Lists "${join(state, 'lists')}";
Dir::Cache "${join(state, 'cache')}";
Dir::Etc::SourceList "${join(state, 'debian.sources')}";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "${join(state, 'preferences')}";
Dir::Etc::PreferencesParts "/dev/null";
`;
}

/**
 * A source that cannot be verified is left out by apt itself; what is missing then shows when a package is asked for.
 *
 * @returns what apt said to standard error
 * @throws {PipefleetError} `tool_missing` when there is no list at all afterwards
 */
async function updateLists(apt: Apt['words'], state: string, say: Say): Promise<string> {
  say("Reading Debian's package lists.");
  const result = await run('apt-get', [...apt, 'update'], {
    env: { LC_ALL: 'C' },
    timeoutMs: APT_TIMEOUT_MS,
  });
  if (!(await hasLists(state))) throw unavailable("Debian's package lists", result.stderr);
  return result.stderr;
}

async function hasLists(state: string): Promise<boolean> {
  const files = await readdir(join(state, 'lists'));
  return files.some((file) => file.includes('_Packages'));
}

async function download(
  apt: Apt['words'],
  { packages, suite, whole = false }: PackageRequest,
  folder: string,
): Promise<RunResult> {
  await mkdir(join(folder, 'partial'), { recursive: true });
  const nothing = join(folder, 'nothing-installed');
  if (whole) await writeFile(nothing, '');
  const names = suite === 'sid' ? packages.map((name) => `${name}/sid`) : packages;
  const options = [
    '-y',
    '--download-only',
    '--no-install-recommends',
    '-o',
    `Dir::Cache::Archives=${folder}`,
    ...(whole
      ? ['-o', `Dir::State::Status=${nothing}`, '-t', suite === 'sid' ? 'sid' : await releaseCodename()]
      : []),
  ];
  return run('apt-get', [...apt, 'install', ...options, ...names], {
    env: { LC_ALL: 'C' },
    timeoutMs: APT_TIMEOUT_MS,
  });
}

function unavailable(wanted: string, ...said: readonly string[]): PipefleetError {
  const complaints = aptComplaints(said.join('\n')).map((line) => `\n  ${line}`);
  return new PipefleetError(
    'tool_missing',
    complaints.length === 0
      ? `${wanted} could not be had from this machine's Debian mirror: apt did not end within ${APT_TIMEOUT_MS / 60_000} minutes. Try again, or put the programs on PATH.`
      : `${wanted} could not be had from this machine's Debian mirror; apt says:${complaints.join('')}\nFix that and try again, or put the programs on PATH.`,
  );
}

function tooOld(wanted: string): PipefleetError {
  return new PipefleetError(
    'tool_missing',
    `${wanted} needs a newer Debian than this one: install it by hand and put it on PATH.`,
  );
}
