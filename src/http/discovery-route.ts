import type { Request, Response } from 'express';
import { targetGroups } from '../inventory/service-discovery.js';
import { parseShard } from '../inventory/shard.js';
import type { Exporter } from './exporter.js';
import { oneParameter, refuse } from './parameters.js';
import { requestedModule } from './requested-module.js';

/** What a Host header may look like; anything else is not passed on. */
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * `GET /sd[?module=MODULE][&shard=I/N]`: Prometheus HTTP service discovery, of all nodes or of one of N parts. The targets are the exporter itself as the scraper has just
 * reached it, or the configured external address. An error is never an empty list, since that would delete every target; a part that has
 * no node is one.
 */
export function discoveryRoute(exporter: Exporter) {
  return async function discover(request: Request, response: Response): Promise<void> {
    const { inventory, modules, externalAddress } = exporter.snapshot();
    const module = requestedModule(modules, request, response);
    if (module === undefined) return;
    const written = request.query['shard'];
    const shard = parseShard(oneParameter(request, 'shard') ?? '');
    if (written !== undefined && shard === undefined) {
      refuse(response, 400, 'Say which part, from 1, of how many, once: shard=2/3.');
      return;
    }
    const address = externalAddress ?? reachedAs(request);
    // Behind a proxy only the operator knows how it is reached.
    const scheme = externalAddress === undefined && request.secure ? 'https' : undefined;
    const nodes = shard === undefined ? inventory.nodes : await inventory.part(shard);
    response.json(targetGroups(nodes, { module, address, scheme }));
  };
}

function reachedAs(request: Request): string {
  const host = request.get('host');
  if (host !== undefined && HOST.test(host)) return host;
  const { localAddress = '127.0.0.1', localPort = 0 } = request.socket;
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}
