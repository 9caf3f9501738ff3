import { isIP } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { EXIT, type ExitCode } from '../cli/exit-codes.js';
import { type Io, printLine } from '../cli/print.js';
import { parseAddress } from '../config/address.js';
import { messageOf, PipefleetError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { count } from '../core/text.js';
import { type RunningExporter, startExporter } from './exporter.js';
import { firstSignal } from './first-signal.js';
import { installLastResort } from './last-resort.js';
import { findServiceManager } from './service-manager.js';
import { openWeb } from './web-access.js';

export interface ServeOptions {
  readonly config: string;
  readonly listen?: string;
  /** Paths, by the names that the flags of Prometheus have. */
  readonly 'web.config.file'?: string;
  readonly 'web.tokens.file'?: string;
  readonly logger: Logger;
}

/**
 * How far garbage may pile up before it is collected, in percent of what is in use. V8 would let it triple, which is memory that the
 * machine of an exporter seldom has to spare; less than this costs CPU (docs/performance.md).
 */
const GARBAGE_PERCENT = 60;

/** `pipefleet serve`: runs until SIGTERM or SIGINT; SIGHUP takes over a changed configuration. */
export async function runServe({ stdout }: Io, options: ServeOptions): Promise<ExitCode> {
  const { config, listen, logger } = options;
  const address = listen === undefined ? undefined : parseAddress(listen);
  if (listen !== undefined && address === undefined) {
    throw new PipefleetError(
      'usage',
      `${listen} is no address to listen at; write host:port, such as 127.0.0.1:10950.`,
    );
  }
  const manager = findServiceManager(process.env, logger);
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`);
  // A reload that is asked for while the exporter starts must not end it.
  const ignore = (): void => undefined;
  process.on('SIGHUP', ignore);
  const exporter = await startExporter({
    configPath: config,
    listen: address,
    openWeb: () =>
      openWeb({ configPath: options['web.config.file'], tokensPath: options['web.tokens.file'] }),
    logger,
  });
  installLastResort(logger, () => exporter.recordUnhandled());
  // Whoever reads that it listens may stop it, or change its configuration, at once.
  const stopped = firstSignal('SIGTERM', 'SIGINT');
  process.off('SIGHUP', ignore);
  process.on('SIGHUP', () => {
    exporter.reload().catch((error: unknown) => {
      logger.error({ detail: messageOf(error) }, 'the old configuration stays');
    });
  });
  manager.ready();
  printLine(stdout, `pipefleet watches ${count(exporter.nodes, 'node')} at ${exporter.url}`);
  warnOfOpenness(exporter, logger);
  const signal = await stopped;
  logger.info({ signal }, 'stopping: running probes may end');
  await exporter.stop();
  manager.stop();
  return EXIT.ok;
}

/** Says what others on the network could do or hear. */
function warnOfOpenness({ url, guarded }: RunningExporter, logger: Logger): void {
  const { hostname, protocol } = new URL(url);
  if (isLoopback(hostname)) return;
  if (!guarded)
    logger.warn({ url }, 'everybody who reaches this address can read the metrics and cause probes');
  else if (protocol === 'http:')
    logger.warn({ url }, 'passwords and tokens come here in clear; serve TLS as well');
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
