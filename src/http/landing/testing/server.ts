import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { PAGE_POLICY } from '../../headers.js';
import { buildFleetView, type FleetViewInput } from '../fleet-view.js';
import { renderFleetJson, renderLandingPage } from '../page.js';

const ASSETS = join(import.meta.dirname, '../../assets');

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page, its data and its assets on a free port of this machine. */
export interface LandingServer {
  readonly url: string;
  /** What is served from now on; undefined makes every answer an error. */
  fleet: FleetViewInput | undefined;
  close(): Promise<void>;
}

export async function serveLanding(fleet: FleetViewInput): Promise<LandingServer> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const send = (status: number, type: string, body: string | Buffer): void => {
      response.writeHead(status, { 'content-type': type, 'content-security-policy': PAGE_POLICY }).end(body);
    };
    if (landing.fleet === undefined) {
      send(503, 'text/plain', 'gone');
    } else if (path === '/') {
      send(200, 'text/html; charset=utf-8', renderLandingPage(buildFleetView(landing.fleet)));
    } else if (path === '/fleet.json') {
      send(200, 'application/json', renderFleetJson(buildFleetView(landing.fleet)));
    } else if (path.startsWith('/assets/')) {
      readFile(join(ASSETS, path.slice('/assets/'.length))).then(
        (file) => send(200, TYPES[extname(path)] ?? 'application/octet-stream', file),
        () => send(404, 'text/plain', 'not found'),
      );
    } else {
      send(404, 'text/plain', 'not found');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const landing: LandingServer = {
    url: `http://127.0.0.1:${port}/`,
    fleet,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  return landing;
}
