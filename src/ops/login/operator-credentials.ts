import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../core/errors.js';
import { readBounded } from '../../core/read-bounded.js';
import { type AuthMethod, type CredentialStore, parseKey, KEY_BYTES } from '../../ssh/credential-store.js';
import { SshFailure } from '../../ssh/ssh-failure.js';

/** How a person logs in to a node to set it up: with keys or a password of their own, never with those of pipefleet. */
export interface OperatorSecrets {
  /** Private key files that were named; only these are tried then. */
  readonly identities: readonly string[];
  /** Socket of an ssh-agent. */
  readonly agent: string | undefined;
  readonly home: string;
  /** Password of the account on the nodes, when it was asked for. */
  readonly password: string | undefined;
  /** Asks the person for the passphrase of a key file; undefined when nobody can be asked. */
  readonly passphrase: ((path: string) => Promise<string>) | undefined;
}

/** A way to log in, whoever logs in. */
type MethodOf = (username: string) => AuthMethod;

/** The names that ssh(1) tries by itself. */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * Ways to log in as ssh(1) has them: named key files, or an agent and the usual key files, then the password. A key is decrypted
 * once for all nodes. Encrypted keys that nobody named are left out.
 */
export function createOperatorCredentials(secrets: OperatorSecrets): CredentialStore {
  let methods: Promise<readonly MethodOf[]> | undefined;
  return {
    authMethods: async ({ user }) => {
      methods ??= findMethods(secrets);
      const found = await methods;
      if (found.length === 0) {
        throw new SshFailure(
          'credential',
          'There is nothing to log in with: start an ssh-agent, name a key with --identity, or use --ask-password.',
        );
      }
      return found.map((method) => method(user));
    },
  };
}

async function findMethods(secrets: OperatorSecrets): Promise<readonly MethodOf[]> {
  const { identities, agent, home, password } = secrets;
  const found: MethodOf[] = [];
  for (const path of identities) found.push(await named(path, secrets));
  if (identities.length === 0) {
    if (agent !== undefined && (await stat(agent).catch(() => undefined))?.isSocket() === true) {
      found.push((username) => ({ type: 'agent', username, agent }));
    }
    for (const name of DEFAULT_KEYS) found.push(...(await usual(join(home, '.ssh', name))));
  }
  if (password !== undefined) found.push(...byPassword(password));
  return found;
}

async function named(path: string, { passphrase }: OperatorSecrets): Promise<MethodOf> {
  const content = await readBounded(path, KEY_BYTES).catch((error: unknown) => {
    throw new SshFailure(
      'credential',
      `The key file ${path} cannot be read (${codeOf(error) ?? 'unknown error'}).`,
      {
        cause: error,
      },
    );
  });
  try {
    return byKey(path, content, undefined);
  } catch (error) {
    const encrypted = error instanceof SshFailure && error.message.includes('is encrypted');
    if (!encrypted || passphrase === undefined) throw error;
    return byKey(path, content, await passphrase(path));
  }
}

/** A usual key counts when it is there and open. */
async function usual(path: string): Promise<readonly MethodOf[]> {
  try {
    return [byKey(path, await readBounded(path, KEY_BYTES), undefined)];
  } catch {
    return [];
  }
}

function byKey(path: string, content: Buffer, passphrase: string | undefined): MethodOf {
  const key = parseKey(path, content, passphrase);
  return (username) => ({ type: 'publickey', username, key });
}

/** sshd with PAM asks by keyboard-interactive; it asks once, for the password. */
function byPassword(password: string): MethodOf[] {
  return [
    (username) => ({ type: 'password', username, password }),
    (username) => ({
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, finish) => finish(prompts.map(() => password)),
    }),
  ];
}
