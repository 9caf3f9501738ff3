import { OPEN_ACCESS, type Access } from './guard/guard.js';
import type { ListenerTls } from './secured-server.js';

/** How the port is served now. */
export interface WebAccess {
  readonly access: Access;
  /** Undefined for plain HTTP. */
  readonly tls: ListenerTls | undefined;
  /** Whether one of the files that it comes from has changed since. */
  readonly isOutdated: () => Promise<boolean>;
}

/** Plain HTTP for everybody. */
export const OPEN_WEB_ACCESS: WebAccess = {
  access: OPEN_ACCESS,
  tls: undefined,
  isOutdated: () => Promise.resolve(false),
};

/** Whether whoever asks has to show a password, a token or a certificate. */
export function isGuarded({ access: { credentials }, tls }: WebAccess): boolean {
  return credentials.users.size + credentials.tokens.size > 0 || tls?.clients === 'required';
}
