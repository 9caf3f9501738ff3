import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { inCheckout, load } from './checkout.mjs';
import { fail, say } from './say.mjs';

const TREES = inCheckout('.cache', 'trees');

/**
 * The root of a Debian release as debootstrap unpacks it, from the mirror that apt is set up to use; made once. Needs root.
 *
 * @param {string} suite such as `bookworm`
 * @param {{ name: string, options: readonly string[] }} kind of tree: part of its folder's name, and what debootstrap is told
 * @returns {Promise<string | undefined>} its path; undefined when it cannot be made, and why has been said
 */
export async function debianTree(suite, { name, options }) {
  const tree = `${TREES}/${suite}-${name}`;
  if (existsSync(tree)) return tree;
  const uri = await mirrorUri();
  if (uri === undefined) {
    fail('apt is not set up to use a Debian mirror.');
    return undefined;
  }
  await mkdir(TREES, { recursive: true });
  const unfinished = `${tree}.new`;
  await rm(unfinished, { recursive: true, force: true });
  say(`Unpacking Debian ${suite} (${name}).`);
  const { status, stderr } = spawnSync('debootstrap', [...options, suite, unfinished, uri], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    fail(
      `debootstrap could not unpack ${suite}: ${stderr?.trim().split('\n').at(-1) ?? 'there is no such program, install it'}`,
    );
    return undefined;
  }
  await rename(unfinished, tree);
  return tree;
}

/** @returns {Promise<string | undefined>} of the mirror for the machine's own release */
async function mirrorUri() {
  const { parseUpdateUris, releaseSources } = await load('dist', 'stack', 'debian-sources.js');
  const uris = spawnSync('apt-get', ['update', '--print-uris'], { encoding: 'utf8' }).stdout ?? '';
  const release = readFileSync('/etc/os-release', 'utf8');
  const codename = /^VERSION_CODENAME=(?<name>.*)$/m.exec(release)?.groups?.name ?? '';
  /** @type {{ uri: string, suite: string }[]} */
  const sources = releaseSources(parseUpdateUris(uris), codename);
  return sources.find(({ suite }) => suite === codename)?.uri;
}
