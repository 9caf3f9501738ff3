import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { LoadOptions } from '../config/load.js';
import { checkConfig } from '../config/load.js';
import type { CredentialEntry } from '../config/edit/section-entries.js';
import { addCredential } from '../config/edit/sections.js';
import { setTopLevel } from '../config/edit/top-level.js';
import { planConfigChange, updateConfigFile } from '../config/edit/write-config.js';
import type { Purpose } from '../core/purpose.js';
import { makeKeyFile, mustBeFree } from '../ops/keys/key-files.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { printLine, type Io } from './print.js';

export interface KeysGenerateOptions extends LoadOptions {
  readonly configPath: string;
  readonly purposes: readonly Purpose[];
  /** Folder of the keys; `keys` beside the configuration when undefined. */
  readonly folder: string | undefined;
  /** Addresses that the keys may be used from; empty for everywhere. */
  readonly from: readonly string[];
  /** Where the passphrase lies for the credential, and the passphrase itself; undefined leaves the keys open. */
  readonly passphrase:
    | { readonly text: string; readonly entry: Pick<CredentialEntry, 'passphrase_file' | 'passphrase_env'> }
    | undefined;
}

/** The accounts on the nodes: what acts on a node does not share one with what reads. */
const ACCOUNTS: Readonly<Record<Purpose, string>> = {
  monitor: 'pipefleet',
  operate: 'pipefleet-ops',
  update: 'pipefleet-ops',
  backup: 'pipefleet-ops',
};

/**
 * `pipefleet keys generate`: makes a key for each purpose and a credential for each key. A configuration that is not there is
 * begun.
 *
 * @throws {PipefleetError} `key_exists`, `operation_failed`, or what the configuration is wrong about
 */
export async function runKeysGenerate({ stdout }: Io, options: KeysGenerateOptions): Promise<ExitCode> {
  const { configPath, purposes, from, passphrase } = options;
  const home = dirname(resolve(configPath));
  const folder = resolve(home, options.folder ?? 'keys');
  const edit = (text: string): string => {
    const begun = text.trim() === '' ? setTopLevel(text, 'known_hosts', 'known_hosts') : text;
    const { config } = checkConfig(begun, configPath, options);
    const taken = new Set([...(config?.credentials.values() ?? [])].map(({ purpose }) => purpose));
    return purposes
      .filter((purpose) => !taken.has(purpose))
      .reduce(
        (changed, purpose) =>
          addCredential(changed, purpose, {
            user: ACCOUNTS[purpose],
            ...(purpose !== 'monitor' && { purpose }),
            key_file: asWritten(join(folder, purpose), home),
            ...(from.length > 0 && { from }),
            ...passphrase?.entry,
          }),
        begun,
      );
  };
  // A configuration that is wrong, and a key that is in the way, are told before one is made.
  await planConfigChange(configPath, edit, { ...options, create: true });
  await mustBeFree(purposes.map((purpose) => join(folder, purpose)));
  for (const purpose of purposes) {
    const path = join(folder, purpose);
    const publicKey = await makeKeyFile(path, purpose, passphrase?.text);
    printLine(stdout, `${path}\n  ${publicKey}`);
  }
  const { before, after } = await updateConfigFile(configPath, edit, { ...options, create: true });
  printLine(
    stdout,
    before === after
      ? `${configPath} has credentials for these purposes already, and was left as it is.`
      : `${configPath} ${before === '' ? 'was begun with' : 'has now'} a credential for each. Next: pipefleet nodes add root@HOST`,
  );
  return EXIT.ok;
}

/** Relative where that is shorter to read: the folder of the configuration can then be moved. */
function asWritten(path: string, home: string): string {
  const short = relative(home, path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
