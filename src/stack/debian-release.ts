import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PipefleetError } from '../core/errors.js';

const OS_RELEASE_FIELD = /^(?<key>[A-Z_]+)=(?<quote>["']?)(?<value>.*)\k<quote>$/gm;

/** `bookworm-x64`: what has been unpacked for one machine is not used on another kind of machine. */
export async function debianPlatform(): Promise<string> {
  return `${await releaseCodename()}-${process.arch}`;
}

/**
 * The code name of the Debian release that this machine runs, see os-release(5).
 *
 * @throws {PipefleetError} `tool_missing` when it runs something else
 */
export async function releaseCodename(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const fields = new Map<string, string>();
  for (const { groups } of text.matchAll(OS_RELEASE_FIELD))
    fields.set(groups?.['key'] ?? '', groups?.['value'] ?? '');
  const codename = fields.get('VERSION_CODENAME');
  if (fields.get('ID') === 'debian' && codename !== undefined && existsSync('/usr/bin/apt-get'))
    return codename;
  throw new PipefleetError(
    'tool_missing',
    'Only on Debian can programs be unpacked for you: install them and put them on PATH.',
  );
}
