#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { exitCodeOf, EXIT, type ExitCode } from '../cli/exit-codes.js';
import type { KnownCollector } from '../config/modules.js';
import { codeOf, messageOf, PipefleetError } from '../core/errors.js';
import { createLogger, LOG_LEVELS, type LogLevel } from '../core/logger.js';
import { readVersion } from '../core/version.js';
import { addGateCommands } from './gate-commands.js';
import { addKeysCommands } from './keys-commands.js';
import { addNodesCommands } from './nodes-commands.js';
import type { ServeOptions } from './serve.js';
import type { SimOptions } from './sim.js';

const io = { stdout: process.stdout, stderr: process.stderr };

/** How long the process may take to end by itself after `serve`, in milliseconds. */
const LINGER_MS = 500;

const configOption = (): Option =>
  new Option('-c, --config <file>', 'the configuration').default('pipefleet.yml').env('PIPEFLEET_CONFIG');

/** Each command loads its own part of the house, so that `--help` is there at once. */
function createProgram(finish: (code: ExitCode) => void): Command {
  const program = new Command('pipefleet')
    .description('See and compare a fleet of Pipe Network nodes over SSH.')
    .version(readVersion())
    .showHelpAfterError('(pipefleet --help lists the commands)')
    .exitOverride();

  program
    .command('serve')
    .description('run the exporter that Prometheus scrapes')
    .addOption(configOption())
    .option('-l, --listen <host:port>', 'listen here instead of where the configuration says')
    .option('--web.config.file <file>', "TLS, passwords and limits of the port, in Prometheus's format")
    .option('--web.tokens.file <file>', 'bearer tokens of the port, as SHA-256 by name')
    .addOption(new Option('--log-level <level>', 'least level to log').choices(LOG_LEVELS).default('info'))
    .action(async (options: Omit<ServeOptions, 'logger'> & { logLevel: LogLevel }) => {
      const { runServe } = await import('./serve.js');
      finish(await runServe(io, { ...options, logger: createLogger(options.logLevel) }));
      // A look-up that never ends would keep the process; everything that matters has been closed.
      setTimeout(() => process.exit(), LINGER_MS).unref();
    });

  program
    .command('check')
    .description('check the configuration and every file that it names, without touching a node')
    .addOption(configOption())
    .option('--json', 'print one JSON object')
    .action(async (options: { config: string; json?: boolean }) => {
      const [{ runCheck }, collectors] = await Promise.all([import('../cli/check.js'), loadCollectors()]);
      finish(await runCheck(io, { configPath: options.config, json: options.json ?? false, collectors }));
    });

  program
    .command('probe')
    .description('probe one node now and print what came of it')
    .argument('<node>', 'its name in the configuration')
    .addOption(configOption())
    .option('-m, --module <module>', 'what to ask for', 'node')
    .option('--debug', 'also print the command, the answer and the metrics')
    .option('--metrics', 'print nothing but the metrics, as Prometheus gets them')
    .action(
      async (node: string, options: { config: string; module: string; debug?: true; metrics?: true }) => {
        const [{ runProbe }, { probeTools }, collectors] = await Promise.all([
          import('../cli/probe.js'),
          import('./probe-tools.js'),
          loadCollectors(),
        ]);
        const { config, module, debug = false, metrics = false } = options;
        finish(
          await runProbe(io, { configPath: config, node, module, debug, metrics, collectors }, probeTools),
        );
      },
    );

  program
    .command('audit')
    .description('check the security of nodes, and say how to mend what is wrong')
    .argument(
      '[selectors...]',
      'fra-1, fra-*, group=eu, region=eu-central; commas for "and"; every node by default',
    )
    .addOption(configOption())
    .option('--json', 'print one JSON object')
    .option('--failed-only', 'leave out what passed and what is unknown')
    .addOption(
      new Option('--fail-on <severity>', 'end with 1 when a check of this severity or a worse one fails')
        .choices(['critical', 'warning', 'info', 'never'])
        .default('info'),
    )
    .action(
      async (
        selectors: string[],
        options: {
          config: string;
          json?: true;
          failedOnly?: true;
          failOn: 'critical' | 'warning' | 'info' | 'never';
        },
      ) => {
        const [{ runAudit }, { auditTools }, collectors] = await Promise.all([
          import('../cli/audit.js'),
          import('./audit-tools.js'),
          loadCollectors(),
        ]);
        const { config, json = false, failedOnly = false, failOn } = options;
        finish(
          await runAudit(
            io,
            { configPath: config, selectors, json, failedOnly, failOn, collectors },
            auditTools,
          ),
        );
      },
    );

  program
    .command('bundle')
    .description(
      'write rules, dashboards and the configuration of Alertmanager for a fleet with names and limits of its own',
    )
    .addOption(new Option('-c, --config <file>', 'what is to be otherwise').default('bundle.yml'))
    .option('-o, --out <folder>', 'write the files into this folder', 'local')
    .option('--check', 'write nothing; end with 1 when a file is not as it would be written')
    .option('--example', 'print a bundle.yml with everything that can be set, and write nothing')
    .action(
      async (options: { config: string; out: string; check?: true; example?: true }, command: Command) => {
        const { runBundle, runBundleExample } = await import('../cli/bundle.js');
        if (options.example === true) {
          finish(runBundleExample(io));
          return;
        }
        const isNamed = command.getOptionValueSource('config') !== 'default';
        finish(
          await runBundle(io, {
            settingsPath: options.config,
            mayBeMissing: !isNamed,
            folder: options.out,
            check: options.check ?? false,
          }),
        );
      },
    );

  program
    .command('sim')
    .description('run simulated nodes on this machine, to see what a fleet of that size takes')
    .option('-n, --nodes <number>', 'how many', '12')
    .option('--processes <number>', 'run them in so many processes (default: one a core, 4 at the most)')
    .option('--folder <folder>', 'write configuration, key and host keys into this folder', 'sim-fleet')
    .option('--seed <number>', 'another number is another fleet', '20')
    .addOption(
      new Option('--faults <kind>', 'demo: something is always going on somewhere')
        .choices(['none', 'demo'])
        .default('none'),
    )
    .option('--black-holes <share>', 'nodes that take connections and never say a word', '0%')
    .option('--unreachable <share>', 'nodes that refuse connections', '0%')
    .option('--slow <share>', 'nodes that answer late', '0%')
    .option('--slowness <duration>', 'how late', '5s')
    .option('--latency <duration>', 'round-trip time to every node', '0')
    .action(async (options: SimOptions) => {
      const { runSim } = await import('./sim.js');
      finish(await runSim(io, options));
    });

  const groups = { io, finish, configOption, loadCollectors };
  addNodesCommands(program, groups);
  addKeysCommands(program, groups);
  addGateCommands(program, { io, configOption, finish });

  return program;
}

async function loadCollectors(): Promise<readonly KnownCollector[]> {
  return (await import('../collectors/registry.js')).COLLECTORS;
}

async function main(): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  try {
    await createProgram((ended) => (code = ended)).parseAsync();
    return code;
  } catch (error) {
    // Commander has printed its own sentence already; help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const bug = error instanceof PipefleetError ? '' : '\nThis is a bug of pipefleet.';
    process.stderr.write(`${messageOf(error)}${bug}\n`);
    return exitCodeOf(error);
  }
}

// A pipe that its reader closed (pipefleet nodes list | head) is no failure; a full disk is.
process.stdout.on('error', (error) => {
  if (codeOf(error) === 'EPIPE') process.exit(EXIT.ok);
  process.stderr.write(`The answer cannot be written: ${messageOf(error)}\n`);
  process.exit(EXIT.failed);
});
process.exitCode = await main();
