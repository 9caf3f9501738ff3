import type { ServerOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { SecureContextOptions, TLSSocket } from 'node:tls';

/** A server's side of TLS. */
export interface ListenerTls {
  /** Certificate, key, authorities of clients, versions, suites. */
  readonly context: SecureContextOptions;
  /** Whether clients show certificates: those that are shown are always verified. */
  readonly clients: 'none' | 'if given' | 'required';
  /** Names of which a client's certificate must have one; undefined when any will do. */
  readonly clientNames: readonly string[] | undefined;
}

/** How long a handshake may take, in milliseconds. */
const HANDSHAKE_MS = 10_000;

/** A server that speaks TLS, and takes other certificates while it runs. */
export function createSecured(
  first: ListenerTls,
  options: ServerOptions,
): { readonly server: Server; set(tls: ListenerTls): void } {
  let current = first;
  const server = createServer({
    ...options,
    ...first.context,
    requestCert: first.clients !== 'none',
    rejectUnauthorized: first.clients === 'required',
    handshakeTimeout: HANDSHAKE_MS,
    ALPNProtocols: ['http/1.1'],
  });
  server.on('secureConnection', (socket) => {
    if (!isWelcome(socket, current)) socket.destroy();
  });
  // A handshake that fails is the other side's business.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return {
    server,
    set: (tls) => {
      server.setSecureContext(tls.context);
      current = tls;
    },
  };
}

/** A certificate that is shown must be signed by an authority of ours, and of a name that may come. */
function isWelcome(socket: TLSSocket, { clients, clientNames }: ListenerTls): boolean {
  if (clients === 'none') return true;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return clients === 'if given';
  if (!socket.authorized) return false;
  const names = namesOf(certificate.subjectAltName ?? '');
  return clientNames?.some((name) => names.has(name)) ?? true;
}

/** The names of `DNS:a.example, IP Address:192.0.2.1, email:a@b.example, URI:spiffe://c`; one in quotes has a comma in it, and counts for nothing. */
function namesOf(subjectAltName: string): ReadonlySet<string> {
  const names = subjectAltName.matchAll(/(?:^|, )(?:DNS|IP Address|email|URI):(?<name>[^",]+)(?=, |$)/g);
  return new Set(Array.from(names, ({ groups }) => groups?.['name'] ?? ''));
}
