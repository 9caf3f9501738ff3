import { fileURLToPath } from 'node:url';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { messageOf, PipefleetError } from '../core/errors.js';
import { discoveryRoute } from './discovery-route.js';
import type { Exporter } from './exporter.js';
import { guard, sameSite } from './guard/guard.js';
import { securityHeaders } from './headers.js';
import { fleetRoute, landingRoute } from './landing-route.js';
import { refuse } from './parameters.js';
import { probeRoute } from './probe-route.js';

/** The exporter's whole surface. Everything it needs is handed in; it reaches for nothing. */
export function createApp(exporter: Exporter): Express {
  const { metrics, logger } = exporter;
  const app = express();
  app.disable('x-powered-by');
  // The form of Node's own parser: no nested objects made of brackets.
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(securityHeaders(() => exporter.access().headers));

  // Whoever balances loads or watches over containers has no password, and learns no more here than from the port being open.
  app.get('/-/healthy', (_request, response) => response.type('text/plain').send('pipefleet is healthy.\n'));
  app.get('/-/ready', (_request, response) => {
    if (exporter.ready()) response.type('text/plain').send('pipefleet is ready.\n');
    else refuse(response, 503, 'pipefleet is not ready.');
  });
  app.use(guard(() => exporter.access(), exporter.authenticator, metrics));

  app.use((request, response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD' || request.path === '/-/reload') {
      next();
      return;
    }
    response.set('Allow', 'GET, HEAD');
    refuse(response, 405, 'Ask with GET.');
  });

  app.get('/', landingRoute(exporter));
  app.get('/fleet.json', fleetRoute(exporter));
  app.use(
    '/assets',
    express.static(fileURLToPath(new URL('assets', import.meta.url)), { index: false, maxAge: '1h' }),
  );
  app.get('/probe', probeRoute(exporter));
  app.get('/sd', discoveryRoute(exporter));
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.render());
  });
  app.post('/-/reload', sameSite, async (_request, response) => {
    try {
      await exporter.reload();
      response.type('text/plain').send('The configuration is reloaded.\n');
    } catch (error) {
      if (!(error instanceof PipefleetError)) throw error;
      logger.error({ detail: error.message }, 'the old configuration stays');
      refuse(response, 500, `The old configuration stays: ${error.message}`);
    }
  });
  app.all('/-/reload', (_request, response) => {
    response.set('Allow', 'POST');
    refuse(response, 405, 'Reload with: curl -X POST …/-/reload');
  });

  app.use((_request, response) => refuse(response, 404, 'There is nothing here. Begin at /'));
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = clientErrorStatus(error);
    if (status !== undefined) {
      refuse(response, status, 'That is not a request that can be understood.');
      return;
    }
    logger.error({ path: request.path, err: error }, 'a request failed; this is a bug');
    refuse(response, 500, `The exporter failed: ${messageOf(error)}`);
  });
  return app;
}

/** Express marks what the client did wrong (a broken escape in the path) with a status of its own. */
function clientErrorStatus(error: unknown): number | undefined {
  const status: unknown =
    typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
