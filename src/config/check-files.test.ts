import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkFiles } from './check-files.js';
import { checkConfig } from './load.js';

const ENVIRONMENT = { SET: 'correct horse', EMPTY: '' };

/** The head of a key as OpenSSH writes it: all that tells whether it is encrypted. It holds no key. */
function opensshHead(cipher: string): string {
  const name = Buffer.concat([Buffer.from([0, 0, 0, cipher.length]), Buffer.from(cipher)]);
  const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), name, Buffer.alloc(64)]).toString('base64');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

describe('checkFiles', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pipefleet-files-'));
    const write = (name: string, content: string, mode = 0o600) => {
      writeFileSync(join(folder, name), content);
      chmodSync(join(folder, name), mode);
    };
    const { privateKey } = generateKeyPairSync('ed25519');
    write('key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    write(
      'encrypted-pem',
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
    );
    write('openssh', opensshHead('none'));
    write('encrypted-openssh', opensshHead('aes256-ctr'));
    write('open', opensshHead('none'), 0o640);
    write('key.pub', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI someone\n', 0o644);
    write('text', 'hello\n');
    write('key-cert.pub', 'ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5 someone\n', 0o644);
    write('ssh_config', 'Host *\n', 0o644);
    write('open-ssh_config', 'Host *\n', 0o664);
    write('passphrase', 'correct horse\n');
    write('open-passphrase', 'correct horse\n', 0o604);
    write('empty-passphrase', '\n');
    write('known_hosts', '');
    write('open-known_hosts', '', 0o666);
    // Closed to whoever would read it, for whoever owns it, and yet not the operator's alone.
    mkdirSync(join(folder, 'open-folder'));
    write('open-folder/key', opensshHead('none'));
    write('open-folder/known_hosts', '');
    chmodSync(join(folder, 'open-folder'), 0o777);
    mkdirSync(join(folder, 'sticky'));
    write('sticky/known_hosts', '');
    chmodSync(join(folder, 'sticky'), 0o1777);
    mkdirSync(join(folder, 'folder'));
    symlinkSync('circle', join(folder, 'circle'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function problemsOf(text: string): Promise<string[]> {
    const options = { collectors: [], home: folder, environment: ENVIRONMENT };
    const { config, problems, positionOf } = checkConfig(text, join(folder, 'pipefleet.yml'), options);
    expect(problems).toEqual([]);
    if (config === undefined) throw new Error('a text without problems is a configuration');
    const found = await checkFiles(config, { file: 'pipefleet.yml', positionOf, environment: ENVIRONMENT });
    return found.map(
      ({ line, column, message }) => `${line}:${column}: ${message.replaceAll(`${folder}/`, '')}`,
    );
  }

  const credential = (lines: string) =>
    `known_hosts: known_hosts\ncredentials:\n  main:\n    user: pipefleet\n    ${lines}\n`;

  test.each(['key', 'openssh'])('a key that only its owner reads is fine (%s)', async (file) => {
    expect(await problemsOf(credential(`key_file: ${file}`))).toEqual([]);
  });

  test.each(['encrypted-pem', 'encrypted-openssh'])(
    'an encrypted key needs a passphrase (%s)',
    async (file) => {
      expect(await problemsOf(credential(`key_file: ${file}`))).toEqual([
        `5:15: the key in ${file} is encrypted; name its passphrase with "passphrase_file" or "passphrase_env"`,
      ]);
      expect(await problemsOf(credential(`key_file: ${file}\n    passphrase_file: passphrase`))).toEqual([]);
      expect(await problemsOf(credential(`key_file: ${file}\n    passphrase_env: SET`))).toEqual([]);
    },
  );

  test.each([
    [
      'key_file: missing',
      '5:15: the key file missing does not exist; correct the path or make the key (ssh-keygen)',
    ],
    [
      'key_file: folder',
      '5:15: the key file folder is not a file; correct the path or make the key (ssh-keygen)',
    ],
    [
      'key_file: circle',
      '5:15: the key file circle cannot be read (ELOOP); correct the path or make the key (ssh-keygen)',
    ],
    [
      'key_file: key.pub',
      '5:15: key.pub is a public key; name the private key, usually the file without ".pub"',
    ],
    ['key_file: text', '5:15: text is not a private key; name a file that ssh-keygen wrote'],
    ['key_file: open', '5:15: the key file open is open to other users (mode 0640); run: chmod 600 open'],
    [
      'key_file: key\n    passphrase_file: missing',
      '6:22: the passphrase file named here does not exist; write the path of a file that holds it',
    ],
    [
      'key_file: key\n    passphrase_file: empty-passphrase',
      '6:22: the passphrase file named here is empty; write the passphrase on its first line',
    ],
    [
      'key_file: key\n    passphrase_file: open-passphrase',
      '6:22: the passphrase file open-passphrase is open to other users (mode 0604); run: chmod 600 open-passphrase',
    ],
    [
      'key_file: key\n    passphrase_env: UNSET',
      '6:21: the environment variable named here is not set; set it where pipefleet runs',
    ],
    [
      'key_file: key\n    passphrase_env: EMPTY',
      '6:21: the environment variable named here is not set; set it where pipefleet runs',
    ],
    [
      'agent: ./missing',
      '5:12: the agent socket missing does not exist; start an ssh-agent, or correct the path',
    ],
    ['agent: ./text', '5:12: text is not a socket; name the socket of an ssh-agent'],
  ])('%s', async (lines, problem) => {
    expect(await problemsOf(credential(lines))).toEqual([problem]);
  });

  test('a certificate and an ssh_config file are fine where OpenSSH reads them', async () => {
    const openssh = 'backend: openssh\n    certificate_file: key-cert.pub\n    ssh_config: ssh_config';
    expect(await problemsOf(credential(`key_file: key\n    ${openssh}`))).toEqual([]);
  });

  test.each([
    [
      'certificate_file: missing',
      '7:23: the certificate missing does not exist; correct the path or have the key signed (ssh-keygen -s)',
    ],
    [
      'certificate_file: key.pub',
      '7:23: key.pub is not an OpenSSH certificate; name the file that ssh-keygen -s wrote, usually the key with "-cert.pub"',
    ],
    ['ssh_config: missing', '7:17: the ssh_config file missing does not exist; correct the path'],
    [
      'ssh_config: open-ssh_config',
      '7:17: the ssh_config file open-ssh_config can be changed by other users (mode 0664); run: chmod go-w open-ssh_config',
    ],
  ])('%s', async (line, problem) => {
    expect(await problemsOf(credential(`key_file: key\n    backend: openssh\n    ${line}`))).toEqual([
      problem,
    ]);
  });

  test('a known_hosts file or a folder that everybody may write to says who could be believed then', async () => {
    const head = (file: string): string =>
      credential('key_file: key').replace('known_hosts: known_hosts', `known_hosts: ${file}`);
    const danger = 'who could make any host believed';
    expect(await problemsOf(head('open-known_hosts'))).toEqual([
      `1:14: the known_hosts file open-known_hosts can be changed by every user of this machine (mode 0666), ${danger}; run: chmod o-w open-known_hosts`,
    ]);
    expect(await problemsOf(head('open-folder/known_hosts'))).toEqual([
      `1:14: the known_hosts file open-folder/known_hosts can be replaced by every user of this machine, since its folder is open (mode 0777), ${danger}; run: chmod o-w open-folder`,
    ]);
    expect(await problemsOf(head('sticky/known_hosts'))).toEqual([]);
    expect(await problemsOf(credential('key_file: open-folder/key'))).toEqual([
      '5:15: the key file open-folder/key can be replaced by every user of this machine, since its folder is open (mode 0777), who could put a key of theirs there; run: chmod o-w open-folder',
    ]);
  });

  test('a credential that only a jump host uses is looked at like any other', async () => {
    const jump =
      '  jump:\n    user: hop\n    key_file: missing\njump_hosts:\n  a: { host: a, credential: jump }\n';
    expect(await problemsOf(`${credential('key_file: key')}${jump}`)).toEqual([
      '8:15: the key file missing does not exist; correct the path or make the key (ssh-keygen)',
    ]);
  });

  test("an agent's socket is fine", async () => {
    const agent = createServer().listen(join(folder, 'agent.sock'));
    await once(agent, 'listening');
    expect(await problemsOf(credential('agent: agent.sock'))).toEqual([]);
    agent.close();
    await once(agent, 'close');
  });

  test('a missing known_hosts file is pointed at, also when it is the default', async () => {
    const mend = 'add the host keys of the nodes there (ssh-keyscan) after comparing their fingerprints';
    expect(await problemsOf('nodes: []\nknown_hosts: [known_hosts, missing]\n')).toEqual([
      `2:28: the known_hosts file missing does not exist; ${mend}`,
    ]);
    expect(await problemsOf('nodes: []\n')).toEqual([
      `1:1: the known_hosts file .ssh/known_hosts does not exist; ${mend}`,
    ]);
  });
});
