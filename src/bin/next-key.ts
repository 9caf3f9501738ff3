import type { Credential } from '../inventory/node.js';
import { makeKeyFile } from '../ops/keys/key-files.js';
import { readPassphrase } from '../ssh/credential-store.js';

/** Makes the next key of a credential, encrypted as the one that it has. */
export async function makeNextKey(credential: Credential, path: string): Promise<void> {
  await makeKeyFile(path, credential.purpose, await readPassphrase(credential, process.env));
}
