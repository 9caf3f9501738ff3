import { stat } from 'node:fs/promises';
import ssh2, {
  type AgentAuthMethod,
  type KeyboardInteractiveAuthMethod,
  type ParsedKey,
  type PasswordAuthMethod,
  type PublicKeyAuthMethod,
} from 'ssh2';
import { codeOf, messageOf } from '../core/errors.js';
import { isChangeableByOthers, isOpenToOthers } from '../core/private-file.js';
import { readBounded } from '../core/read-bounded.js';
import { quote } from '../core/shell.js';
import type { Credential } from '../inventory/node.js';
import { cacheFile } from './file-cache.js';
import { SshFailure } from './ssh-failure.js';

/** The last two are for a person's own login alone; no credential of the configuration has a password. */
export type AuthMethod =
  PublicKeyAuthMethod | AgentAuthMethod | PasswordAuthMethod | KeyboardInteractiveAuthMethod;

/** Turns credentials into what a login needs. A key is read and decrypted once, until its file changes. */
export interface CredentialStore {
  /**
   * The ways to log in, in the order in which to try them.
   *
   * @throws {SshFailure} with reason `credential` and a sentence that says what to mend
   */
  authMethods(credential: Credential): Promise<readonly AuthMethod[]>;
}

/** Bytes of the largest key: an RSA key of 16384 bits takes 13 KiB. */
export const KEY_BYTES = 65_536;
/** Bytes of a passphrase file. */
const PASSPHRASE_BYTES = 4_096;

export function createCredentialStore(environment: NodeJS.ProcessEnv = process.env): CredentialStore {
  const keys = new Map<string, () => Promise<ParsedKey>>();

  async function readKey(credential: Credential, path: string): Promise<ParsedKey> {
    const identity = JSON.stringify([path, credential.passphrase]);
    let reader = keys.get(identity);
    if (reader === undefined) {
      reader = cacheFile(path, KEY_BYTES, async (content, facts) => {
        if (isOpenToOthers(facts, process.getuid?.())) {
          throw new SshFailure(
            'credential',
            `The key file ${path} can be read by others; close it with: chmod 600 ${quote(path)}`,
          );
        }
        if (isChangeableByOthers(facts)) {
          throw new SshFailure(
            'credential',
            `The key file ${path} can be changed by others, who could put a key of theirs there; close it with: chmod go-w ${quote(path)}`,
          );
        }
        return parseKey(path, content, await readPassphrase(credential, environment));
      });
      keys.set(identity, reader);
    }
    try {
      return await reader();
    } catch (error) {
      if (error instanceof SshFailure) throw error;
      throw new SshFailure('credential', `The key file ${path} ${trouble(error)}.`, {
        cause: error,
      });
    }
  }

  return {
    async authMethods(credential) {
      if (credential.keyFile !== undefined) {
        const key = await readKey(credential, credential.keyFile);
        return [{ type: 'publickey', username: credential.user, key }];
      }
      const agent = credential.agent ?? '';
      const socket = await stat(agent).catch(() => undefined);
      if (socket?.isSocket() !== true) {
        throw new SshFailure(
          'credential',
          `The ssh-agent of credential ${credential.name} does not answer at ${agent === '' ? 'SSH_AUTH_SOCK, which is not set' : agent}; start one or name a key_file.`,
        );
      }
      return [{ type: 'agent', username: credential.user, agent }];
    },
  };
}

/** Why a file cannot be read, as the end of a sentence about it. */
function trouble(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
      return 'does not exist; correct the path in the configuration';
    case 'EACCES':
      return 'may not be read by the account that pipefleet runs as; change its owner or mode';
    case 'EFBIG':
      return `is not what it should be: ${messageOf(error)}`;
    default:
      return `cannot be read: ${messageOf(error)}`;
  }
}

/**
 * The passphrase of a credential's key; undefined when it has none.
 *
 * @throws {SshFailure} `credential` when it cannot be had
 */
export async function readPassphrase(
  credential: Credential,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const source = credential.passphrase;
  if (source === undefined) return undefined;
  if ('environment' in source) {
    const value = environment[source.environment];
    if (value !== undefined && value !== '') return value;
    throw new SshFailure(
      'credential',
      `The environment variable ${source.environment}, which should hold the passphrase of credential ${credential.name}, is not set.`,
    );
  }
  try {
    if (isOpenToOthers(await stat(source.file), process.getuid?.())) {
      throw new SshFailure(
        'credential',
        `The passphrase file ${source.file} can be read by others; close it with: chmod 600 ${quote(source.file)}`,
      );
    }
    return (await readBounded(source.file, PASSPHRASE_BYTES)).toString('utf8').split(/\r?\n/, 1)[0];
  } catch (error) {
    if (error instanceof SshFailure) throw error;
    throw new SshFailure('credential', `The passphrase file ${source.file} ${trouble(error)}.`, {
      cause: error,
    });
  }
}

/**
 * A private key from the content of its file. Decrypting costs a fifth of a second of CPU or more, which is why it happens here,
 * once, and not inside every login.
 *
 * @param path for what is said of it
 * @throws {SshFailure} `credential`
 */
export function parseKey(path: string, content: Buffer, passphrase: string | undefined): ParsedKey {
  const parsed = ssh2.utils.parseKey(content, passphrase) as ParsedKey | ParsedKey[] | Error;
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) {
    throw new SshFailure('credential', keyProblem(path, key?.message ?? '', passphrase !== undefined));
  }
  if (!key.isPrivateKey()) {
    throw new SshFailure(
      'credential',
      `The file ${path} holds a public key; name the private one, without .pub.`,
    );
  }
  return key;
}

function keyProblem(path: string, message: string, hasPassphrase: boolean): string {
  if (/no passphrase/i.test(message)) {
    return `The key file ${path} is encrypted; give its credential a passphrase_file or passphrase_env.`;
  }
  if (hasPassphrase && /passphrase|integrity|decrypt/i.test(message)) {
    return `The passphrase given for the key file ${path} is wrong.`;
  }
  return `The file ${path} is not a private key in a form that can be read (OpenSSH or PEM).`;
}
