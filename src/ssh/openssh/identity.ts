import { access, constants, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParsedKey } from 'ssh2';
import { codeOf, messageOf } from '../../core/errors.js';
import type { Credential } from '../../inventory/node.js';
import type { CredentialStore } from '../credential-store.js';
import { SshFailure } from '../ssh-failure.js';
import { type KeyAgent, serveKey } from './key-agent.js';
import type { RuntimeFolder } from './runtime-folder.js';
import { type Setting, token } from './ssh-config.js';

/** What logs in. */
export interface Identity {
  readonly settings: readonly Setting[];
  /** Holds the key while logins are under way, when OpenSSH is not to read it itself. */
  readonly agent: KeyAgent | undefined;
}

/**
 * Turns a credential into settings of OpenSSH. A plain key is read by OpenSSH, after the same checks as with ssh2; an encrypted one is
 * decrypted here and signs through an agent of ours, so that its passphrase reaches no other process. Security keys (FIDO), which
 * only OpenSSH knows, and what the operator's ssh_config names are left to OpenSSH.
 *
 * @param name of the files to write, one for each server on the way
 * @throws {SshFailure} `credential`
 */
export async function prepareIdentity(
  credential: Credential,
  store: CredentialStore,
  folder: RuntimeFolder,
  name: string,
): Promise<Identity> {
  const { keyFile, agent, certificateFile, sshConfig } = credential;
  for (const [what, path] of [
    ['certificate', certificateFile],
    ['ssh_config', sshConfig],
  ] as const) {
    if (path !== undefined) await mustRead(what, path);
  }
  const certificate: Setting[] =
    certificateFile === undefined ? [] : [['CertificateFile', token(certificateFile)]];
  if (keyFile !== undefined && (await isSecurityKey(keyFile))) {
    return { settings: [...ownKey(keyFile), ...certificate], agent: undefined };
  }
  if (keyFile === undefined && agent === undefined) return { settings: certificate, agent: undefined };
  const [method] = await store.authMethods(credential);
  if (keyFile === undefined) {
    const settings: Setting[] = [
      ['IdentityAgent', token(agent ?? '')],
      ['IdentityFile', 'none'],
      ['IdentitiesOnly', 'no'],
    ];
    return { settings: [...settings, ...certificate], agent: undefined };
  }
  const key = method !== undefined && 'key' in method ? method.key : undefined;
  if (credential.passphrase === undefined || !isParsed(key)) {
    return { settings: [...ownKey(keyFile), ...certificate], agent: undefined };
  }
  const publicKey = await folder.write(
    `${name}.pub`,
    `${key.type} ${key.getPublicSSH().toString('base64')}\n`,
  );
  const socket = join(folder.path, `${name}.a`);
  const settings: Setting[] = [
    ['IdentityAgent', token(socket)],
    ['IdentityFile', token(publicKey)],
    ['IdentitiesOnly', 'yes'],
  ];
  return { settings: [...settings, ...certificate], agent: await serveKey(key, socket) };
}

function ownKey(keyFile: string): readonly Setting[] {
  return [
    ['IdentityFile', token(keyFile)],
    ['IdentitiesOnly', 'yes'],
    ['IdentityAgent', 'none'],
  ];
}

function isParsed(key: unknown): key is ParsedKey {
  return typeof key === 'object' && key !== null && 'getPublicSSH' in key;
}

/** Whether a key file holds the handle of a FIDO key. Its type stands in the part of the file that is never encrypted. */
async function isSecurityKey(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
    const [, body = ''] = buffer
      .toString('latin1', 0, bytesRead)
      .split('-----BEGIN OPENSSH PRIVATE KEY-----');
    const head = Buffer.from(body, 'base64').toString('latin1');
    return head.includes('sk-ssh-ed25519@openssh.com') || head.includes('sk-ecdsa-sha2-nistp256@openssh.com');
  } finally {
    await file.close();
  }
}

/** OpenSSH passes over a file that is not there, without a word that would be seen. */
async function mustRead(what: string, path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
    if ((await stat(path)).isFile()) return;
  } catch (error) {
    const why =
      codeOf(error) === 'ENOENT'
        ? 'does not exist; correct the path in the configuration'
        : `cannot be read (${codeOf(error) ?? messageOf(error)}); change its owner or mode`;
    throw new SshFailure('credential', `The ${what} file ${path} ${why}.`, { cause: error });
  }
  throw new SshFailure(
    'credential',
    `The ${what} file ${path} is no file; correct the path in the configuration.`,
  );
}
