import type { Option } from 'commander';
import { type Command } from 'commander';
import type { ExitCode } from '../cli/exit-codes.js';
import type { Io } from '../cli/print.js';

/** Adds `pipefleet gate …` to the program. */
export function addGateCommands(
  program: Command,
  { io, configOption, finish }: { io: Io; configOption: () => Option; finish: (code: ExitCode) => void },
): void {
  const gate = program.command('gate').description('what a key of pipefleet can do on a node');

  gate
    .command('show')
    .description('print the gate that belongs on a node, to read it or to compare it; no node is asked')
    .argument('<node>', 'its name in the configuration')
    .addOption(configOption())
    .action(async (node: string, options: { config: string }) => {
      const { commands, collectors, tools } = await load();
      finish(await commands.runGateShow(io, { configPath: options.config, node, collectors }, tools));
    });

  gate
    .command('digest')
    .description('print what sha256sum prints of the gate on each node when it is right; no node is asked')
    .argument('[selectors...]', 'fra-1, fra-*, group=eu, region=eu-central; every node by default')
    .addOption(configOption())
    .action(async (selectors: string[], options: { config: string }) => {
      const { commands, collectors, tools } = await load();
      finish(await commands.runGateDigest(io, { configPath: options.config, selectors, collectors }, tools));
    });
}

async function load() {
  const [commands, { COLLECTORS }, tools] = await Promise.all([
    import('../cli/gate.js'),
    import('../collectors/registry.js'),
    import('../gate/gates-of.js'),
  ]);
  return { commands, collectors: COLLECTORS, tools };
}
