import type { ParsedKey } from 'ssh2';

/** Numbers of messages, and of flags of a request to sign, of the agent's protocol (draft-ietf-sshm-ssh-agent). */
const FAILURE = 5;
const REQUEST_IDENTITIES = 11;
const IDENTITIES = 12;
const SIGN_REQUEST = 13;
const SIGNATURE = 14;
const RSA_SHA2_256 = 2;
const RSA_SHA2_512 = 4;

/**
 * Answers one request as an agent does that holds one key and can do nothing but list it and sign with it.
 *
 * ssh2's own AgentProtocol loses its place at a request that it does not know, and OpenSSH begins with one since 8.9.
 *
 * @param request without the length before it
 * @returns the answer with its length
 */
export function answerAgentRequest(key: ParsedKey, request: Buffer): Buffer {
  const [type] = request;
  if (type === REQUEST_IDENTITIES) {
    return message(IDENTITIES, Buffer.from([0, 0, 0, 1]), text(key.getPublicSSH()), text(''));
  }
  if (type !== SIGN_REQUEST) return message(FAILURE);
  const wanted = readText(request, 1);
  const data = wanted === undefined ? undefined : readText(request, wanted.end);
  if (wanted === undefined || data === undefined || request.length < data.end + 4) return message(FAILURE);
  if (!wanted.value.equals(key.getPublicSSH())) return message(FAILURE);
  const [format, hash] = signatureFormat(key.type, request.readUInt32BE(data.end));
  const signed = key.sign(data.value, hash) as Buffer | Error;
  if (!Buffer.isBuffer(signed)) return message(FAILURE);
  const signature = key.type.startsWith('ecdsa-') ? ecdsaSignature(signed) : signed;
  return message(SIGNATURE, text(Buffer.concat([text(format), text(signature)])));
}

function signatureFormat(type: string, flags: number): readonly [format: string, hash?: string] {
  if (type !== 'ssh-rsa') return [type];
  if ((flags & RSA_SHA2_512) !== 0) return ['rsa-sha2-512', 'sha512'];
  return (flags & RSA_SHA2_256) !== 0 ? ['rsa-sha2-256', 'sha256'] : ['ssh-rsa', 'sha1'];
}

/** The two numbers of an ECDSA signature as SSH writes them (RFC 5656, section 3.1.2), from DER; both write a number alike. */
function ecdsaSignature(der: Buffer): Buffer {
  // A sequence, its length in one byte or two, then the two numbers with tag and length.
  let at = (der[1] ?? 0) < 0x80 ? 2 : 3;
  const numbers: Buffer[] = [];
  for (let number = 0; number < 2; number++) {
    const end = at + 2 + (der[at + 1] ?? 0);
    numbers.push(text(der.subarray(at + 2, end)));
    at = end;
  }
  return Buffer.concat(numbers);
}

function message(type: number, ...parts: readonly Buffer[]): Buffer {
  return text(Buffer.concat([Buffer.from([type]), ...parts]));
}

/** Bytes with their length before them. */
function text(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function readText(from: Buffer, at: number): { readonly value: Buffer; readonly end: number } | undefined {
  if (from.length < at + 4) return undefined;
  const end = at + 4 + from.readUInt32BE(at);
  return from.length < end ? undefined : { value: from.subarray(at + 4, end), end };
}
