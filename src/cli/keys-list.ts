import { stat } from 'node:fs/promises';
import { loadConfig, type LoadOptions } from '../config/load.js';
import { messageOf } from '../core/errors.js';
import type { Purpose } from '../core/purpose.js';
import { buildInventory } from '../inventory/inventory.js';
import type { Credential } from '../inventory/node.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { nodesWith } from './keys-rotate.js';
import { printJson, printLine, printTable, type Io } from './print.js';

export interface KeysListOptions extends LoadOptions {
  readonly configPath: string;
  readonly json: boolean;
}

export interface KeysListTools {
  /** `ssh-ed25519 SHA256:…`. Rejects when the public half cannot be read. */
  readonly fingerprintOf: (credential: Credential) => Promise<string>;
}

/** One key as `pipefleet keys list --json` prints it. */
export interface ListedKey {
  readonly credential: string;
  readonly purpose: Purpose;
  readonly user: string;
  /** Path of the private key, `agent`, or null when an ssh_config says. */
  readonly key: string | null;
  /** Null when the public half cannot be read; `problem` says why. */
  readonly fingerprint: string | null;
  readonly from: readonly string[];
  /** When the file was last changed, ISO 8601; null without a file. */
  readonly changed: string | null;
  /** Nodes that accept it, by the configuration. */
  readonly nodes: number;
  readonly problem: string | null;
}

const HEAD = ['CREDENTIAL', 'PURPOSE', 'USER', 'FINGERPRINT', 'FROM', 'CHANGED', 'NODES'];

/**
 * `pipefleet keys list`: the keys of the configuration, what each may be used for, and how many nodes take it.
 *
 * @throws {PipefleetError} `config_unreadable` or `config_invalid`
 */
export async function runKeysList(
  { stdout, stderr }: Io,
  options: KeysListOptions,
  tools: KeysListTools,
): Promise<ExitCode> {
  const config = await loadConfig(options.configPath, options);
  const inventory = buildInventory(config);
  const keys = await Promise.all(
    [...config.credentials.values()].map(async (credential): Promise<ListedKey> => {
      const found = await tools.fingerprintOf(credential).catch((error: unknown) => error);
      const { name, purpose, user, keyFile, agent, from } = credential;
      const facts = keyFile === undefined ? undefined : await stat(keyFile).catch(() => undefined);
      return {
        credential: name,
        purpose,
        user,
        key: keyFile ?? (agent === undefined ? null : 'agent'),
        fingerprint: typeof found === 'string' ? found : null,
        from,
        changed: facts?.mtime.toISOString() ?? null,
        nodes: nodesWith(inventory, credential).length,
        problem: typeof found === 'string' ? null : messageOf(found),
      };
    }),
  );
  if (options.json) {
    printJson(stdout, keys);
  } else if (keys.length === 0) {
    printLine(stdout, `${options.configPath} names no credentials; pipefleet keys generate makes some.`);
  } else {
    printTable(stdout, HEAD, keys.map(row));
    for (const { credential, problem } of keys)
      if (problem !== null) printLine(stderr, `${credential}: ${problem}`);
  }
  return keys.every(({ problem }) => problem === null) ? EXIT.ok : EXIT.failed;
}

function row({ credential, purpose, user, fingerprint, from, changed, nodes }: ListedKey): string[] {
  return [
    credential,
    purpose,
    user,
    fingerprint ?? '-',
    from.join(',') || 'anywhere',
    changed?.slice(0, 10) ?? '-',
    String(nodes),
  ];
}
