import type { Logger } from '../core/logger.js';

/**
 * What happens to errors of which nobody took care; each is a bug of ours.
 *
 * A promise that failed was about one probe or one request: what probes share changes in single steps that end before anything is waited
 * for, so the others go on and it is counted. An exception that nobody caught has broken such a step off, and what it left behind may be
 * false: the process ends, to be started again by who watches over it.
 */
export function installLastResort(logger: Logger, count: () => void): void {
  process.on('unhandledRejection', (reason) => {
    count();
    logger.error({ err: reason }, 'a promise failed and nobody took care of it; this is a bug');
  });
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an exception that nobody caught ends the exporter; this is a bug');
    process.exit(1);
  });
}
