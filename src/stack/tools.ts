import { existsSync } from 'node:fs';
import { access, constants, mkdir, readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { PipefleetError } from '../core/errors.js';
import { lockHolder, withLock } from '../core/lock.js';
import { checkoutFolder } from './checkout.js';
import { unpackPackages } from './debian.js';
import { debianPlatform } from './debian-release.js';
import { launcherFor } from './launcher.js';
import { relocateFolder } from './relocate.js';
import { run } from './run.js';
import { saySilently, type Say } from './say.js';
import { BUNDLES, TOOLS, type BundleName, type ToolName, type ToolSpec } from './tool-catalog.js';
import { isNewEnough } from './tool-version.js';

export { toolNames, type ToolName } from './tool-catalog.js';

const found = new Map<ToolName, Promise<string>>();

/**
 * The absolute path of a program that can be run as it is: the machine's own when it is new enough, else one that is
 * unpacked once from Debian packages into `.cache/debian` of the checkout, with the libraries that it needs. Nothing
 * outside the checkout changes.
 *
 * @param say is told what is being downloaded
 * @throws {PipefleetError} `tool_missing` when the machine has none and none can be unpacked
 */
export function findTool(name: ToolName, say: Say = saySilently): Promise<string> {
  const known = found.get(name);
  if (known !== undefined) return known;
  const search = locate(name, say);
  found.set(name, search);
  search.catch(() => found.delete(name));
  return search;
}

async function locate(name: ToolName, say: Say): Promise<string> {
  const spec: ToolSpec = TOOLS[name];
  const own = await findOnMachine(spec);
  if (own !== undefined) return own;
  const root = await unpackedBundle(spec.bundle, say);
  const program = await resolvePath(root, spec.path);
  return name.endsWith('.so') ? program : launcherFor(root, program, spec.folder);
}

async function findOnMachine({ names, folders = [], minimum }: ToolSpec): Promise<string | undefined> {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  for (const folder of [...path, ...folders]) {
    for (const name of names) {
      const program = join(folder, name);
      if (!(await isUsable(program))) continue;
      if (minimum === undefined) return program;
      const { stdout, stderr } = await run(program, ['--version']);
      if (isNewEnough(stdout + stderr, minimum)) return program;
    }
  }
  return undefined;
}

/** A library need not be executable. */
async function isUsable(path: string): Promise<boolean> {
  try {
    await access(path, path.endsWith('.so') ? constants.R_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The tree of unpacked packages, for what is no program of its own.
 *
 * @throws {PipefleetError} `tool_missing` when they cannot be unpacked
 */
export async function unpackedBundle(bundle: BundleName, say: Say): Promise<string> {
  const folder = join(checkoutFolder(), '.cache', 'debian', await debianPlatform());
  const root = join(folder, bundle);
  if (existsSync(root)) return root;
  await mkdir(folder, { recursive: true });
  const lock = join(folder, 'lock');
  await withLock(
    lock,
    async () => {
      if (!existsSync(root)) {
        await unpackPackages(
          BUNDLES[bundle],
          join(folder, 'apt'),
          root,
          (tree) => relocate(bundle, tree),
          say,
        );
      }
    },
    () =>
      void lockHolder(lock).then((pid) =>
        say(`Waiting for process ${pid ?? 'unknown'}, which unpacks into ${folder}.`),
      ),
  );
  return root;
}

async function relocate(bundle: BundleName, root: string): Promise<void> {
  for (const spec of Object.values<ToolSpec>(TOOLS)) {
    if (spec.bundle === bundle && spec.folder !== undefined) {
      await relocateFolder(await resolvePath(root, spec.path), spec.folder);
    }
  }
}

/** Replaces the `*` of a path by the one folder that has the rest of it. */
async function resolvePath(root: string, path: string): Promise<string> {
  const [before = '', after] = path.split('*');
  const candidates =
    after === undefined
      ? [path]
      : (await readdir(join(root, before))).map((name) => join(before, name, after));
  for (const candidate of candidates) {
    // Before Debian 13 some programs lie in /bin and /lib, afterwards in /usr/bin and /usr/lib.
    for (const place of [candidate, join('usr', candidate)]) {
      if (existsSync(join(root, place))) return join(root, place);
    }
  }
  throw new PipefleetError(
    'tool_missing',
    `The Debian package does not hold ${path} any more: install the program and put it on PATH.`,
  );
}
