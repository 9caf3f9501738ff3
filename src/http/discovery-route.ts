import type { Request, Response } from 'express';
import { targetGroups } from '../inventory/service-discovery.js';
import type { Exporter } from './exporter.js';
import { requestedModule } from './requested-module.js';

/** What a Host header may look like; anything else is not passed on. */
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * `GET /sd[?module=MODULE]`: Prometheus HTTP service discovery. The targets are the exporter itself as the scraper has just
 * reached it, or the configured external address. An error is never an empty list, since that would delete every target.
 */
export function discoveryRoute(exporter: Exporter) {
  return function discover(request: Request, response: Response): void {
    const { inventory, modules, externalAddress } = exporter.snapshot();
    const module = requestedModule(modules, request, response);
    if (module === undefined) return;
    const address = externalAddress ?? reachedAs(request);
    response.set('Cache-Control', 'no-store').json(targetGroups(inventory, { module, address }));
  };
}

function reachedAs(request: Request): string {
  const host = request.get('host');
  if (host !== undefined && HOST.test(host)) return host;
  const { localAddress = '127.0.0.1', localPort = 0 } = request.socket;
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}
