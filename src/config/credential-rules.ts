import { entries, get, isMap, key, value, type RuleContext } from './rule-tools.js';
import { subject, type Mistake } from './sentences.js';

/** Keys that say how to log in, or try to: the schema tells why the latter are refused. */
const KEY_HOLDERS = ['key_file', 'key', 'private_key', 'password'];
/** What only the system's own client knows. */
const OPENSSH_ONLY = ['certificate_file', 'ssh_config'];

/** What no single value under `credentials` tells. */
export function* credentialRules(data: unknown, { environment }: RuleContext): Generator<Mistake> {
  for (const [name, credential] of entries(get(data, 'credentials'))) {
    const path = ['credentials', name];
    const has = (key: string) => get(credential, key) !== undefined;
    if (!isMap(credential)) continue;
    if (has('key_file') && has('agent')) {
      yield key([...path, 'agent'], '"agent" and "key_file" exclude each other; keep one of the two');
    }
    const openssh = get(credential, 'backend') === 'openssh';
    if (!has('agent') && !KEY_HOLDERS.some(has) && !(openssh && has('ssh_config'))) {
      const also = openssh ? ', or name a file that tells with "ssh_config: PATH"' : '';
      yield key(path, `${subject(path)} names no key; add "key_file: PATH" or "agent: true"${also}`);
    }
    for (const name of OPENSSH_ONLY) {
      if (has(name) && !openssh)
        yield key([...path, name], `"${name}" is read by the OpenSSH client alone; add "backend: openssh"`);
    }
    const from = [get(credential, 'from') ?? []].flat();
    if (from.length > 0 && from.every((pattern) => typeof pattern === 'string' && pattern.startsWith('!'))) {
      yield value([...path, 'from'], '"from" only excludes; add where the key may be used from');
    }
    if (has('passphrase_file') && has('passphrase_env')) {
      yield key(
        [...path, 'passphrase_env'],
        '"passphrase_env" and "passphrase_file" exclude each other; keep one of the two',
      );
    }
    for (const passphrase of ['passphrase_file', 'passphrase_env']) {
      if (has(passphrase) && has('agent') && !has('key_file')) {
        yield key(
          [...path, passphrase],
          `"${passphrase}" is of no use with an agent, which holds the key open; remove it`,
        );
      }
    }
    if (get(credential, 'agent') === true && (environment['SSH_AUTH_SOCK'] ?? '') === '') {
      yield value(
        [...path, 'agent'],
        '"agent" is true and SSH_AUTH_SOCK is not set; start an ssh-agent, or write the path of its socket',
      );
    }
  }
}
