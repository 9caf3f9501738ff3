import { readFile } from 'node:fs/promises';
import { codeOf, messageOf, PipefleetError } from '../../core/errors.js';
import type { Credential } from '../../inventory/node.js';
import { agentKeys } from '../../ssh/agent-keys.js';
import { createCredentialStore } from '../../ssh/credential-store.js';
import { fingerprint, hostKeyType } from '../../ssh/host-key.js';
import { SshFailure } from '../../ssh/ssh-failure.js';
import type { PublicKey } from '../nodes/desired-for.js';

const LINE = /^(?<type>[a-z][\w@.-]+) (?<blob>AAAA[A-Za-z0-9+/]+={0,2})(?:\s|$)/;

/**
 * The public half of a credential's key: from the `.pub` file beside it, else from the key itself, else from the agent, which
 * must hold exactly one.
 *
 * @param keyFile another file than the credential's, such as the next key of a rotation
 * @throws {PipefleetError} `key_unusable`
 */
export async function readPublicKey(
  credential: Credential,
  keyFile = credential.keyFile,
): Promise<PublicKey> {
  if (keyFile === undefined) return fromAgent(credential);
  const text = await readFile(`${keyFile}.pub`, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(`${keyFile}.pub cannot be read (${codeOf(error) ?? 'unknown error'}).`, error);
  });
  if (text === undefined) return fromKey({ ...credential, keyFile });
  const { type, blob } = LINE.exec(text)?.groups ?? {};
  const key = Buffer.from(blob ?? '', 'base64');
  if (type === undefined || hostKeyType(key) !== type) {
    throw unusable(`${keyFile}.pub is no public key in one line, as ssh-keygen writes it.`);
  }
  return publicKeyOf(key);
}

async function fromKey(credential: Credential): Promise<PublicKey> {
  try {
    const [method] = await createCredentialStore().authMethods(credential);
    const key = method !== undefined && 'key' in method ? method.key : undefined;
    const parsed = typeof key === 'object' && 'getPublicSSH' in key ? key : undefined;
    if (parsed !== undefined) return publicKeyOf(parsed.getPublicSSH());
  } catch (error) {
    throw unusable(error instanceof SshFailure ? error.message : messageOf(error), error);
  }
  throw unusable(`The public half of credential ${credential.name} cannot be found.`);
}

async function fromAgent({ name, agent }: Credential): Promise<PublicKey> {
  if (agent === undefined) {
    throw unusable(
      `Credential ${name} names neither a key file nor an agent, so that its public key is not known; name its key_file.`,
    );
  }
  const keys = await agentKeys(agent).catch((error: unknown) => {
    throw unusable(`The ssh-agent of credential ${name} does not answer (${messageOf(error)}).`, error);
  });
  const [key, second] = keys;
  if (key === undefined || second !== undefined) {
    throw unusable(
      `The ssh-agent of credential ${name} holds ${keys.length} keys, so that it is not clear which one nodes shall accept; name its key_file.`,
    );
  }
  return publicKeyOf(key);
}

function publicKeyOf(key: Buffer): PublicKey {
  const blob = key.toString('base64');
  return { line: `${hostKeyType(key)} ${blob}`, blob, fingerprint: fingerprint(key) };
}

function unusable(message: string, cause?: unknown): PipefleetError {
  return new PipefleetError('key_unusable', message, { cause });
}
