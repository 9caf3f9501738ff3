import { stat } from 'node:fs/promises';
import { codeOf, messageOf, PipefleetError } from '../../core/errors.js';
import { isOpenToOthers } from '../../core/private-file.js';
import { quote } from '../../core/shell.js';
import { readBounded, readText } from '../../core/read-bounded.js';
import type { Credential } from '../../inventory/node.js';
import { agentKeys } from '../../ssh/agent-keys.js';
import { createCredentialStore, KEY_BYTES } from '../../ssh/credential-store.js';
import { fingerprint, hostKeyType } from '../../ssh/host-key.js';
import { type KeyFacts, readKeyFacts, readPublicLine } from '../../ssh/key-facts.js';
import { SshFailure } from '../../ssh/ssh-failure.js';
import type { PublicKey } from '../nodes/desired-for.js';

/**
 * The public half of a credential's key. The private key file is the truth: it says the public half itself, but in old formats that are
 * encrypted. For those, and for a key whose private half lies elsewhere, the `.pub` file beside it is believed. Without a key file it
 * comes from the agent, which must hold exactly one.
 *
 * @param keyFile another file than the credential's, such as the next key of a rotation
 * @throws {PipefleetError} `key_unusable`, also when the `.pub` file is that of another key
 */
export async function readPublicKey(
  credential: Credential,
  keyFile = credential.keyFile,
): Promise<PublicKey> {
  if (keyFile === undefined) return fromAgent(credential);
  const beside = await fromBeside(keyFile);
  const stated = await statedKey({ ...credential, keyFile }, keyFile, beside !== undefined);
  const key = stated ?? beside;
  if (key === undefined) throw unusable(`The public half of credential ${credential.name} cannot be found.`);
  if (beside?.equals(key) === false) {
    throw unusable(
      `${keyFile}.pub is not the public half of ${keyFile}, so that nodes would be taught another key; write it anew with: ssh-keygen -y -f ${quote(keyFile)} > ${quote(`${keyFile}.pub`)}`,
    );
  }
  return publicKeyOf(key);
}

/** The key that a `.pub` file holds; undefined when there is none. */
async function fromBeside(keyFile: string): Promise<Buffer | undefined> {
  const text = await readText(`${keyFile}.pub`, 'latin1').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unusable(`${keyFile}.pub cannot be read (${codeOf(error) ?? 'unknown error'}).`, error);
  });
  if (text === undefined) return undefined;
  const key = readPublicLine(text);
  if (key !== undefined) return key;
  throw unusable(`${keyFile}.pub is no public key in one line, as ssh-keygen writes it.`);
}

/** What the private half says; undefined when it cannot say it and there is a `.pub` file that does. */
async function statedKey(
  credential: Credential,
  keyFile: string,
  hasBeside: boolean,
): Promise<Buffer | undefined> {
  let facts: KeyFacts | undefined;
  let mayHide = false;
  try {
    if (!isOpenToOthers(await stat(keyFile), process.getuid?.())) {
      facts = readKeyFacts(await readBounded(keyFile, KEY_BYTES));
      // OpenSSH knows formats that are not known here.
      mayHide = facts !== undefined || credential.backend === 'openssh';
    }
  } catch (error) {
    // It may lie somewhere else; other troubles are told below.
    mayHide = codeOf(error) === 'ENOENT';
  }
  if (facts?.publicKey !== undefined) return facts.publicKey;
  try {
    const [method] = await createCredentialStore().authMethods(credential);
    const key = method !== undefined && 'key' in method ? method.key : undefined;
    return typeof key === 'object' && 'getPublicSSH' in key ? key.getPublicSSH() : undefined;
  } catch (error) {
    if (hasBeside && mayHide) return undefined;
    throw unusable(error instanceof SshFailure ? error.message : messageOf(error), error);
  }
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
