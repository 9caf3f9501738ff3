import { PipefleetError } from '../core/errors.js';
import type { Purpose } from '../core/purpose.js';
import { GATE_PATH } from './protocol.js';

/** A public key as OpenSSH writes it: type, key, and a comment that is of no concern. */
const PUBLIC_KEY = /^(?<key>[a-z0-9][a-z0-9@.-]{0,63} [A-Za-z0-9+/]{16,}={0,3})(?: [^\r\n]*)?\n?$/;

/** An address, a network or a pattern of sshd(8), `!` for what is excepted. */
const FROM = /^!?[A-Za-z0-9.:*?/_-]+$/;

/** What a line of authorized_keys is made of. */
export interface KeyLineParts {
  readonly purpose: Purpose;
  /** One line, as in a `.pub` file. */
  readonly publicKey: string;
  /** Where the key may be used from, in the patterns of `from=` of sshd(8); empty for everywhere. */
  readonly from: readonly string[];
  /** Where the gate lies, when not at {@link GATE_PATH}. */
  readonly path?: string;
}

/**
 * The line of authorized_keys that lets a key do what the gate allows its purpose, and nothing else: no shell, terminal, forwarding,
 * files or start-up script. Its comment is `pipefleet-PURPOSE`, whatever that of the key was.
 *
 * @returns the line, without a line break
 * @throws {PipefleetError} `key_unusable` when the public key or an address is of another form
 */
export function keyLine({ purpose, publicKey, from, path = GATE_PATH }: KeyLineParts): string {
  const key = PUBLIC_KEY.exec(publicKey)?.groups?.['key'];
  if (key === undefined) {
    throw new PipefleetError(
      'key_unusable',
      `The public key for the purpose ${purpose} is not one line as in a .pub file of ssh-keygen; make one with: pipefleet keys generate.`,
    );
  }
  const wrong = from.find((pattern) => !FROM.test(pattern));
  if (wrong !== undefined) {
    throw new PipefleetError(
      'key_unusable',
      `A key for the purpose ${purpose} may not be used from ${JSON.stringify(wrong)}: write an IP address, a network such as 192.0.2.0/24, or a pattern of from= in sshd(8).`,
    );
  }
  const options = ['restrict', ...(from.length > 0 ? [`from="${from.join(',')}"`] : [])];
  return `${options.join(',')},command="${path} ${purpose}" ${key} pipefleet-${purpose}`;
}
