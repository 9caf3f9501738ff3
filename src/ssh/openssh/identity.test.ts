import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sketchCredential } from '../../inventory/testing/sketches.js';
import { createCredentialStore } from '../credential-store.js';
import { prepareIdentity } from './identity.js';
import { makeRuntimeFolder, type RuntimeFolder } from './runtime-folder.js';

let base = '';
let folder: RuntimeFolder;
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'pf-'));
  folder = await makeRuntimeFolder(base);
});
afterEach(() => rmSync(base, { recursive: true }));

test('a security key, which ssh2 cannot read, is left to OpenSSH', async () => {
  const type = 'sk-ssh-ed25519@openssh.com';
  // The beginning of such a file: no cipher, no key derivation, one key, its public part.
  const head = Buffer.from(
    `openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01\0\0\0\x4a\0\0\0\x1a${type}`,
  );
  const keyFile = join(base, 'security-key');
  const body = head.toString('base64');
  writeFileSync(keyFile, `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`);
  const credential = sketchCredential({ backend: 'openssh', keyFile });
  expect(await prepareIdentity(credential, createCredentialStore(), folder, '0')).toEqual({
    settings: [
      ['IdentityFile', keyFile],
      ['IdentitiesOnly', 'yes'],
      ['IdentityAgent', 'none'],
    ],
    agent: undefined,
  });
});

test("whoever names neither key nor agent leaves both to the operator's ssh_config", async () => {
  const sshConfig = join(base, 'ssh_config');
  writeFileSync(sshConfig, '');
  const credential = sketchCredential({ backend: 'openssh', keyFile: undefined, sshConfig });
  expect(await prepareIdentity(credential, createCredentialStore(), folder, '0')).toEqual({
    settings: [],
    agent: undefined,
  });
});

test.each(['certificateFile', 'sshConfig'] as const)('a %s that is not there is named', async (part) => {
  const missing = join(base, 'missing');
  const credential = sketchCredential({ backend: 'openssh', [part]: missing });
  await expect(prepareIdentity(credential, createCredentialStore(), folder, '0')).rejects.toThrow(
    `${missing} does not exist; correct the path in the configuration.`,
  );
});
