import type { RequestHandler } from 'express';
import type { OwnMetrics } from '../../metrics/own-metrics.js';
import { refuse } from '../parameters.js';
import type { Authenticator, Credentials } from './authenticator.js';
import type { RateLimit } from './rate-limit.js';

/** Who may ask, and how often. */
export interface Access {
  readonly credentials: Credentials;
  readonly rateLimit: RateLimit | undefined;
  /** Headers that every answer has, before those that it has anyway. */
  readonly headers: Readonly<Record<string, string>>;
}

/** For everybody, at any time. */
export const OPEN_ACCESS: Access = {
  credentials: { users: new Map(), tokens: new Map() },
  rateLimit: undefined,
  headers: {},
};

/** Seconds after which somebody whose password could not be looked at may try again. */
const RETRY_AFTER = '1';

/** Lets through who may ask: 429 for too many requests, 401 for who is not known. */
export function guard(
  access: () => Access,
  authenticator: Authenticator,
  metrics: Pick<OwnMetrics, 'recordRefused'>,
): RequestHandler {
  return async (request, response, next) => {
    const { credentials, rateLimit } = access();
    if (rateLimit?.() === false) {
      metrics.recordRefused('rate');
      response.set('Retry-After', RETRY_AFTER);
      refuse(response, 429, 'Too many requests; see rate_limit in the web configuration.');
      return;
    }
    switch (await authenticator.judge(request.get('authorization'), credentials)) {
      case 'welcome':
        next();
        return;
      case 'busy':
        metrics.recordRefused('busy');
        response.set('Retry-After', RETRY_AFTER);
        refuse(response, 429, 'Too many passwords are being looked at; try again.');
        return;
      case 'unknown':
        metrics.recordRefused('unauthenticated');
        if (credentials.tokens.size > 0) response.append('WWW-Authenticate', 'Bearer realm="pipefleet"');
        if (credentials.users.size > 0)
          response.append('WWW-Authenticate', 'Basic realm="pipefleet", charset="UTF-8"');
        refuse(response, 401, 'Say who you are: with a user and a password, or a bearer token.');
    }
  };
}

/** Refuses what a page of another site makes a browser send: a browser says where a request comes from, scrapers and curl do not. */
export const sameSite: RequestHandler = (request, response, next) => {
  const site = request.get('sec-fetch-site');
  const origin = request.get('origin');
  const foreign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && hostOf(origin) !== request.get('host'));
  if (foreign) refuse(response, 403, 'A page of another site may not ask for this.');
  else next();
};

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
