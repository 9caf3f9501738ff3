import { codeOf, messageOf, PipefleetError } from '../../core/errors.js';
import { readText } from '../../core/read-bounded.js';
import type { Hop } from '../../ssh/hop.js';
import { fingerprint } from '../../ssh/host-key.js';
import { judgeHostKey, lookUpHost, parseKnownHosts } from '../../ssh/known-hosts.js';
import { askSshfp, type SshfpOptions } from './sshfp.js';
import { trimTrailing } from '../../core/text.js';

/** Who may vouch for a host key that is not known yet, in the order in which they are asked. */
export interface Vouchers {
  /** `SHA256:…` that came another way. */
  readonly fingerprint: string | undefined;
  /** A known_hosts file that came another way. */
  readonly knownHostsFile: string | undefined;
  /** SSHFP records count when DNSSEC vouches for them. */
  readonly sshfp: boolean;
  readonly sshfpOptions?: SshfpOptions;
  /** Asks the person, who sees the notes; undefined when nobody can be asked. */
  readonly ask: ((notes: readonly string[]) => Promise<boolean>) | undefined;
}

export type VouchedBy = 'fingerprint' | 'known_hosts' | 'sshfp' | 'person';

/**
 * Says who vouches for a key that a host presents. Nobody is trusted for being first.
 *
 * @param what the host is called in messages
 * @throws {PipefleetError} `declined` when nobody vouches for it, or a source that was named knows another key
 */
export async function vouchFor(
  hop: Pick<Hop, 'host' | 'port'>,
  key: Buffer,
  what: string,
  vouchers: Vouchers,
): Promise<VouchedBy> {
  const shown = fingerprint(key);
  const { fingerprint: wanted, knownHostsFile } = vouchers;
  if (wanted !== undefined) {
    if (shown.split(' ')[1] === trimTrailing(wanted, '=')) return 'fingerprint';
    throw refusal(`${what} presents ${shown}, and not ${wanted}: somebody may be answering in its place.`);
  }
  if (knownHostsFile !== undefined) {
    const verdict = judgeHostKey(lookUpHost([await read(knownHostsFile)], hop.host, hop.port), key);
    if (verdict === 'known') return 'known_hosts';
    if (verdict !== 'unknown') {
      throw refusal(
        `${what} presents ${shown}, and ${knownHostsFile} ${verdict === 'revoked' ? 'marks it @revoked' : 'has another key for it'}: somebody may be answering in its place.`,
      );
    }
  }
  const notes = [`${what} presents ${shown}.`];
  if (vouchers.sshfp || vouchers.ask !== undefined) {
    const dns = await askSshfp(hop.host, key, vouchers.sshfpOptions).catch((error: unknown) =>
      messageOf(error),
    );
    if (typeof dns === 'string') {
      if (vouchers.sshfp) notes.push(`DNS was not asked: ${dns}.`);
    } else if (dns.verdict === 'agrees') {
      if (vouchers.sshfp && dns.validated) return 'sshfp';
      const by = dns.validated ? ', validated by DNSSEC' : '; no DNSSEC of this machine vouches for it';
      notes.push(`An SSHFP record agrees${by}.`);
    } else if (dns.verdict === 'disagrees') {
      notes.push('DNS has SSHFP records for this host, and NONE OF THEM IS THIS KEY.');
    }
  }
  if (vouchers.ask === undefined) {
    throw refusal(
      `${notes.join(' ')} Nobody vouches for it: compare it with the node's own (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub there), and give it with --host-key, or a file with --known-hosts.`,
    );
  }
  if (await vouchers.ask(notes)) return 'person';
  throw refusal(`The host key of ${what} is not trusted.`);
}

async function read(path: string): Promise<ReturnType<typeof parseKnownHosts>> {
  try {
    return parseKnownHosts(await readText(path));
  } catch (cause) {
    throw new PipefleetError(
      'usage',
      `The file ${path} of --known-hosts cannot be read (${codeOf(cause) ?? 'unknown error'}).`,
      { cause },
    );
  }
}

function refusal(message: string): PipefleetError {
  return new PipefleetError('declined', message);
}
