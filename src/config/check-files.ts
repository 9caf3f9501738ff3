import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../core/errors.js';
import { isChangeableByAll, isChangeableByOthers, isOpenToOthers } from '../core/private-file.js';
import { quote } from '../core/shell.js';
import type { Config, Credential } from './config.js';
import { sortProblems, type KeyPath, type Position, type Problem } from './diagnostics.js';

export interface CheckFilesOptions {
  /** The path of the configuration as the operator wrote it. */
  readonly file: string;
  /** Where a value stands in the configuration. */
  readonly positionOf: (path: KeyPath) => Position;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What is wrong with something that the configuration names. */
interface Finding {
  readonly path: KeyPath;
  readonly message: string;
}

/** Enough for the head of every key; no more is read, and nothing of it is repeated. */
const HEAD_BYTES = 16_384;
const PUBLIC_KEY = /^(?:ssh-|ecdsa-|sk-|---- BEGIN SSH2 PUBLIC KEY|-----BEGIN (?:RSA )?PUBLIC KEY)/;
/** A certificate as ssh-keygen -s writes it. */
const CERTIFICATE = /^[a-z0-9@.-]+-cert-v01@openssh\.com [A-Za-z0-9+/]/;
const PRIVATE_KEY = /^(?:-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----|PuTTY-User-Key-File-)/m;
/** Traditional PEM, PKCS #8 and PuTTY say in clear that a key is encrypted. */
const ENCRYPTED = /^(?:Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED|Encryption: (?!none))/m;
const OPENSSH_BODY = /^-----BEGIN OPENSSH PRIVATE KEY-----\s+(?<base64>[A-Za-z0-9+/]{44})/m;
/** PROTOCOL.key of OpenSSH: the magic, then the cipher as a string with a length of four bytes. */
const OPENSSH_UNENCRYPTED = Buffer.from('openssh-key-v1\0\0\0\0\x04none', 'latin1');

/**
 * Looks at everything that a configuration names: key files, certificates, passphrases, agents, ssh_config and known_hosts files. Reads them, opens no
 * connection, and never repeats what is in them.
 */
export async function checkFiles(config: Config, options: CheckFilesOptions): Promise<Problem[]> {
  const findings: Finding[] = [];
  const own = await replaceable('this file', options.file, 'who could have other hosts and keys used');
  if (own !== undefined) findings.push({ path: [], message: own });
  for (const [index, file] of config.knownHosts.entries()) {
    const message = await knownHostsFinding(file);
    const path = config.knownHosts.length === 1 ? ['known_hosts'] : ['known_hosts', index];
    if (message !== undefined) findings.push({ path, message });
  }
  for (const credential of config.credentials.values()) {
    findings.push(...(await credentialFindings(credential, options.environment)));
  }
  return sortProblems(
    findings.map(({ path, message }) => ({ file: options.file, ...options.positionOf(path), message })),
  );
}

async function knownHostsFinding(file: string): Promise<string | undefined> {
  const head = await readHead(file);
  if (typeof head !== 'string') {
    return `the known_hosts file ${file} ${head.trouble}; add the host keys of the nodes there (ssh-keyscan) after comparing their fingerprints`;
  }
  return replaceable(`the known_hosts file ${file}`, file, 'who could make any host believed');
}

/** What stands open so that anybody on the machine could put other content into a file, or another in its place. */
async function replaceable(what: string, file: string, danger: string): Promise<string | undefined> {
  const folder = dirname(file);
  const found = await attempt(async () => [await stat(file), await stat(folder)] as const);
  if ('trouble' in found) return undefined;
  const [ofFile, ofFolder] = found.value;
  const open = isChangeableByAll(ofFile, ofFolder);
  if (open.file) {
    return `${what} can be changed by every user of this machine (mode ${modeOf(ofFile)}), ${danger}; run: chmod o-w ${quote(file)}`;
  }
  if (open.folder) {
    return `${what} can be replaced by every user of this machine, since its folder is open (mode ${modeOf(ofFolder)}), ${danger}; run: chmod o-w ${quote(folder)}`;
  }
  return undefined;
}

async function credentialFindings(
  { name, keyFile, passphrase, agent, certificateFile, sshConfig }: Credential,
  environment: CheckFilesOptions['environment'],
): Promise<Finding[]> {
  const at = (key: string, message: string | undefined): Finding[] =>
    message === undefined ? [] : [{ path: ['credentials', name, key], message }];
  const findings: Finding[] = [];
  if (keyFile !== undefined)
    findings.push(...at('key_file', await keyFinding(keyFile, passphrase !== undefined)));
  if (certificateFile !== undefined)
    findings.push(...at('certificate_file', await certificateFinding(certificateFile)));
  if (sshConfig !== undefined) findings.push(...at('ssh_config', await sshConfigFinding(sshConfig)));
  if (agent !== undefined) findings.push(...at('agent', await agentFinding(agent)));
  if (passphrase !== undefined && 'file' in passphrase) {
    findings.push(...at('passphrase_file', await passphraseFinding(passphrase.file)));
  }
  if (
    passphrase !== undefined &&
    'environment' in passphrase &&
    (environment[passphrase.environment] ?? '') === ''
  ) {
    findings.push(
      ...at('passphrase_env', 'the environment variable named here is not set; set it where pipefleet runs'),
    );
  }
  return findings;
}

async function keyFinding(file: string, hasPassphrase: boolean): Promise<string | undefined> {
  const head = await readHead(file);
  if (typeof head !== 'string')
    return `the key file ${file} ${head.trouble}; correct the path or make the key (ssh-keygen)`;
  if (PUBLIC_KEY.test(head))
    return `${file} is a public key; name the private key, usually the file without ".pub"`;
  if (!PRIVATE_KEY.test(head)) return `${file} is not a private key; name a file that ssh-keygen wrote`;
  const open = await openToOthers(file);
  if (open !== undefined) return `the key file ${file} ${open}`;
  const found = await attempt<Stats>(() => stat(file));
  if ('value' in found && isChangeableByOthers(found.value)) {
    return `the key file ${file} can be changed by other users (mode ${modeOf(found.value)}); run: chmod go-w ${quote(file)}`;
  }
  const folder = await replaceable(`the key file ${file}`, file, 'who could put a key of theirs there');
  if (folder !== undefined) return folder;
  if (!hasPassphrase && isEncrypted(head)) {
    return `the key in ${file} is encrypted; name its passphrase with "passphrase_file" or "passphrase_env"`;
  }
  return undefined;
}

function isEncrypted(head: string): boolean {
  if (ENCRYPTED.test(head)) return true;
  const base64 = OPENSSH_BODY.exec(head)?.groups?.['base64'];
  if (base64 === undefined) return false;
  return !Buffer.from(base64, 'base64').subarray(0, OPENSSH_UNENCRYPTED.length).equals(OPENSSH_UNENCRYPTED);
}

async function certificateFinding(file: string): Promise<string | undefined> {
  const head = await readHead(file);
  if (typeof head !== 'string')
    return `the certificate ${file} ${head.trouble}; correct the path or have the key signed (ssh-keygen -s)`;
  if (CERTIFICATE.test(head)) return undefined;
  return `${file} is not an OpenSSH certificate; name the file that ssh-keygen -s wrote, usually the key with "-cert.pub"`;
}

/** What stands in the file may run commands, so that nobody else may be able to write there. */
async function sshConfigFinding(file: string): Promise<string | undefined> {
  const head = await readHead(file);
  if (typeof head !== 'string') return `the ssh_config file ${file} ${head.trouble}; correct the path`;
  const found = await attempt<Stats>(() => stat(file));
  if ('trouble' in found || !isChangeableByOthers(found.value)) return undefined;
  return `the ssh_config file ${file} can be changed by other users (mode ${modeOf(found.value)}); run: chmod go-w ${quote(file)}`;
}

/** Repeats the path only when a file is there: somebody may have written the passphrase itself. */
async function passphraseFinding(file: string): Promise<string | undefined> {
  const head = await readHead(file);
  if (typeof head !== 'string')
    return `the passphrase file named here ${head.trouble}; write the path of a file that holds it`;
  if (head.trim() === '')
    return 'the passphrase file named here is empty; write the passphrase on its first line';
  const open = await openToOthers(file);
  return open === undefined ? undefined : `the passphrase file ${file} ${open}`;
}

async function agentFinding(socket: string): Promise<string | undefined> {
  const found = await attempt(() => stat(socket));
  if ('trouble' in found)
    return `the agent socket ${socket} ${found.trouble}; start an ssh-agent, or correct the path`;
  return found.value.isSocket() ? undefined : `${socket} is not a socket; name the socket of an ssh-agent`;
}

async function openToOthers(file: string): Promise<string | undefined> {
  const found = await attempt<Stats>(() => stat(file));
  if ('trouble' in found || !isOpenToOthers(found.value, process.getuid?.())) return undefined;
  return `is open to other users (mode ${modeOf(found.value)}); run: chmod 600 ${quote(file)}`;
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

interface Trouble {
  /** What is the matter with the file, as the end of a sentence about it. */
  readonly trouble: string;
}

async function readHead(file: string): Promise<string | Trouble> {
  const found = await attempt(async () => {
    if (!(await stat(file)).isFile()) return { trouble: 'is not a file' };
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(HEAD_BYTES) });
    return buffer.subarray(0, bytesRead).toString('latin1');
  });
  return 'trouble' in found ? found : found.value;
}

async function attempt<Value>(action: () => Promise<Value>): Promise<{ readonly value: Value } | Trouble> {
  try {
    return { value: await action() };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { trouble: 'does not exist' };
    if (code === 'EACCES' || code === 'EPERM') return { trouble: 'may not be read by this user' };
    return { trouble: `cannot be read (${code ?? 'unknown error'})` };
  }
}
