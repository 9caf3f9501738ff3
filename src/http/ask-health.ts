import { get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as getSecured } from 'node:https';
import { codeOf, messageOf } from '../core/errors.js';

/** Which exporter to ask, and the time limit. */
export interface HealthQuestion {
  readonly host: string;
  readonly port: number;
  /** In total, in milliseconds. */
  readonly timeoutMs: number;
}

/** The status of the answer, or why the request failed. */
interface Reply {
  readonly status?: number;
  readonly error?: Error;
}

/**
 * Requests the health of an exporter on this machine, over HTTP or, if the port speaks TLS, over HTTPS. Its certificate is not verified.
 * An exporter that demands a client certificate rejects the handshake, which takes a running event loop too.
 *
 * @returns undefined when it is healthy, else the reason as a sentence
 */
export async function askHealth({ host, port, timeoutMs }: HealthQuestion): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  const options = { host, port, path: '/-/healthy', signal, agent: false };
  const plain = await reply(getPlain, options);
  // A port that speaks TLS closes plain connections.
  const secured = isHungUp(plain)
    ? await reply(getSecured, { ...options, rejectUnauthorized: false })
    : plain;
  if (secured.status === 200 || isAlert(secured)) return undefined;
  const where = `${host}:${port}`;
  if (signal.aborted) return `The exporter at ${where} did not answer within ${timeoutMs / 1000} s.`;
  if (secured.status !== undefined) return `The exporter at ${where} answered with status ${secured.status}.`;
  return `The exporter at ${where} does not answer (${messageOf(secured.error).trim()}).`;
}

function reply(
  get: (
    options: RequestOptions,
    listener: (response: IncomingMessage) => void,
  ) => ReturnType<typeof getPlain>,
  options: RequestOptions & { readonly rejectUnauthorized?: boolean },
): Promise<Reply> {
  return new Promise((resolve) => {
    get(options, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    }).on('error', (error) => resolve({ error }));
  });
}

function isHungUp({ error }: Reply): boolean {
  return error !== undefined && ['ECONNRESET', 'EPIPE'].includes(codeOf(error) ?? '');
}

/** The peer rejected the TLS handshake, for example for want of a certificate. */
function isAlert({ error }: Reply): boolean {
  return error !== undefined && /\balert\b/.test(messageOf(error));
}
