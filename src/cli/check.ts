import { checkFiles } from '../config/check-files.js';
import type { Config } from '../config/config.js';
import { formatProblem, type Problem } from '../config/diagnostics.js';
import { checkConfig, readConfigFile, type LoadOptions } from '../config/load.js';
import { count } from '../core/text.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { printJson, printLine, type Io } from './print.js';

export interface CheckOptions extends LoadOptions {
  readonly configPath: string;
  /** Print one JSON object instead of lines. */
  readonly json?: boolean;
}

/** What `pipefleet check --json` prints. */
export interface CheckReport {
  readonly file: string;
  readonly ok: boolean;
  /** In reading order: first those of the file; those of what it names only when the file itself has none. */
  readonly problems: readonly Problem[];
  /** Undefined when the file is not valid. */
  readonly counts:
    { readonly nodes: number; readonly credentials: number; readonly modules: number } | undefined;
}

/**
 * Judges a configuration file and everything that it names, without a connection to any node.
 *
 * @throws {PipefleetError} `config_unreadable`
 */
export async function check(options: CheckOptions): Promise<CheckReport> {
  const file = options.configPath;
  const { config, problems, positionOf } = checkConfig(await readConfigFile(file), file, options);
  if (config === undefined) return { file, ok: false, problems, counts: undefined };
  const environment = options.environment ?? process.env;
  const found = await checkFiles(config, { file, positionOf, environment });
  return { file, ok: found.length === 0, problems: found, counts: countsOf(config) };
}

/**
 * `pipefleet check`: prints every problem on a line of its own, or one line that says what was found.
 *
 * @returns 0 without problems, 2 when the file must be mended, 1 when the file is right and something that it names is not
 * @throws {PipefleetError} `config_unreadable`
 */
export async function runCheck({ stdout, stderr }: Io, options: CheckOptions): Promise<ExitCode> {
  const report = await check(options);
  if (options.json === true) printJson(stdout, report);
  else if (report.counts !== undefined && report.ok)
    printLine(stdout, `${report.file}: ${summary(report.counts)}: no problems.`);
  else for (const problem of report.problems) printLine(stderr, formatProblem(problem));
  if (report.counts === undefined) return EXIT.usage;
  return report.ok ? EXIT.ok : EXIT.failed;
}

function countsOf({ nodes, credentials, modules }: Config): NonNullable<CheckReport['counts']> {
  return { nodes: nodes.length, credentials: credentials.size, modules: modules.size };
}

function summary({ nodes, credentials, modules }: NonNullable<CheckReport['counts']>): string {
  return [count(nodes, 'node'), count(credentials, 'credential'), count(modules, 'module')].join(', ');
}
