import { isIP } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { EXIT, type ExitCode } from '../cli/exit-codes.js';
import { type Io, printLine } from '../cli/print.js';
import { parseAddress } from '../config/address.js';
import { messageOf, PipefleetError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { count } from '../core/text.js';
import { startExporter } from './exporter.js';
import { firstSignal } from './first-signal.js';

export interface ServeOptions {
  readonly config: string;
  readonly listen?: string;
  readonly logger: Logger;
}

/**
 * How far garbage may pile up before it is collected, in percent of what is in use. V8 would let it triple, which is memory that the
 * machine of an exporter seldom has to spare; less than this costs CPU (docs/performance.md).
 */
const GARBAGE_PERCENT = 60;

/** `pipefleet serve`: runs until SIGTERM or SIGINT; SIGHUP takes over a changed configuration. */
export async function runServe({ stdout }: Io, { config, listen, logger }: ServeOptions): Promise<ExitCode> {
  const address = listen === undefined ? undefined : parseAddress(listen);
  if (listen !== undefined && address === undefined) {
    throw new PipefleetError(
      'usage',
      `${listen} is no address to listen at; write host:port, such as 127.0.0.1:10950.`,
    );
  }
  setFlagsFromString(`--heap-growing-percent=${GARBAGE_PERCENT}`);
  // A reload that is asked for while the exporter starts must not end it.
  const ignore = (): void => undefined;
  process.on('SIGHUP', ignore);
  const exporter = await startExporter({ configPath: config, listen: address, logger });
  // Whoever reads that it listens may stop it, or change its configuration, at once.
  const stopped = firstSignal('SIGTERM', 'SIGINT');
  process.off('SIGHUP', ignore);
  process.on('SIGHUP', () => {
    exporter.reload().catch((error: unknown) => {
      logger.error({ detail: messageOf(error) }, 'the old configuration stays');
    });
  });
  printLine(stdout, `pipefleet watches ${count(exporter.nodes, 'node')} at ${exporter.url}`);
  if (!isLoopback(new URL(exporter.url).hostname)) {
    logger.warn(
      { url: exporter.url },
      'everybody who reaches this address can read the metrics and cause probes',
    );
  }
  const signal = await stopped;
  logger.info({ signal }, 'stopping: running probes may end');
  await exporter.stop();
  return EXIT.ok;
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
