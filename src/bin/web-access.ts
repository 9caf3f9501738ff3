import { stat } from 'node:fs/promises';
import { loadWeb, type WebFiles } from '../config/web/load-web.js';
import type { WebConfig } from '../config/web/web-config.js';
import { createRateLimit } from '../http/guard/rate-limit.js';
import type { ListenerTls } from '../http/secured-server.js';
import type { WebAccess } from '../http/web-access.js';

/**
 * Reads how the port is to be served.
 *
 * @throws {PipefleetError} as {@link loadWeb}
 */
export async function openWeb(files: WebFiles): Promise<WebAccess> {
  const { files: read } = await loadWeb(files);
  const state = await stateOf(read);
  // Once more: what changes from now on differs from that state.
  const web = await loadWeb(files);
  return {
    access: {
      credentials: { users: web.users, tokens: web.tokens },
      rateLimit: web.rateLimit && createRateLimit(web.rateLimit.intervalSeconds, web.rateLimit.burst),
      headers: web.headers,
    },
    tls: listenerTls(web),
    isOutdated: async () => (await stateOf(read)) !== state,
  };
}

function listenerTls({ tls }: WebConfig): ListenerTls | undefined {
  if (tls === undefined) return undefined;
  const { certificate, key, clientCa, minVersion, maxVersion, ciphers, curves, serverOrder } = tls;
  return {
    clients: tls.clients,
    clientNames: tls.clientNames,
    context: {
      cert: certificate,
      key,
      minVersion,
      maxVersion,
      honorCipherOrder: serverOrder,
      ...(clientCa && { ca: clientCa }),
      ...(ciphers !== undefined && { ciphers }),
      ...(curves !== undefined && { ecdhCurve: curves }),
    },
  };
}

/** Changes whenever a file is written or another one is put in its place. */
async function stateOf(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs, ino, size }) => `${mtimeMs} ${ino} ${size}`,
        () => 'missing',
      ),
    ),
  );
  return states.join();
}
