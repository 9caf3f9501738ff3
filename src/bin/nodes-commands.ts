import type { Command, Option } from 'commander';
import type { ExitCode } from '../cli/exit-codes.js';
import type { Io } from '../cli/print.js';
import type { KnownCollector } from '../config/modules.js';
import {
  adoptOption,
  changeOf,
  collect,
  type EditFlags,
  labelsOf,
  locationOf,
  loginOptions,
  type LoginFlags,
  workOptions,
  type WorkFlags,
} from './command-options.js';

/** What the groups of commands need of the program. */
export interface Program {
  readonly io: Io;
  readonly finish: (code: ExitCode) => void;
  readonly configOption: () => Option;
  readonly loadCollectors: () => Promise<readonly KnownCollector[]>;
}

interface VouchFlags {
  readonly hostKey?: string;
  readonly knownHosts?: string;
  readonly sshfp?: true;
}

interface AddFlags extends VouchFlags, LoginFlags, WorkFlags {
  readonly config: string;
  readonly name?: string;
  readonly group: readonly string[];
  readonly label: readonly string[];
  readonly location?: string;
  readonly jump?: string;
  readonly credential?: string;
  readonly audit?: true;
  readonly adopt?: true;
}

interface SetupFlags extends VouchFlags, LoginFlags, WorkFlags {
  readonly config: string;
  readonly audit?: boolean;
  readonly adopt?: boolean;
}

interface ImportFlags {
  readonly config: string;
  readonly format: string;
  readonly group: readonly string[];
  readonly label: readonly string[];
  readonly credential?: string;
  readonly jump?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const SELECTORS = '[selectors...]';
const SELECTOR_HELP = 'fra-1, fra-*, group=eu, role!=canary, @failed; commas for "and"; see docs/fleet.md';

/** `pipefleet nodes …`, each with its part of the house loaded when it runs. */
export function addNodesCommands(
  program: Command,
  { io, finish, configOption, loadCollectors }: Program,
): void {
  const nodes = program.command('nodes').description('the inventory, and access to its nodes');

  nodes
    .command('list')
    .description('list nodes of the configuration')
    .argument(SELECTORS, SELECTOR_HELP)
    .addOption(configOption())
    .option('--json', 'print a JSON list')
    .action(async (selectors: string[], options: { config: string; json?: true }) => {
      const [{ runNodesList }, { setsFor }, collectors] = await Promise.all([
        import('../cli/nodes-list.js'),
        import('./session-tools.js'),
        loadCollectors(),
      ]);
      const { config, json = false } = options;
      finish(await runNodesList(io, { configPath: config, selectors, json, collectors }, { setsFor }));
    });

  nodes
    .command('show')
    .description('show all that is known of a node without asking it')
    .argument('<node>', 'its name in the configuration')
    .addOption(configOption())
    .option('--json', 'print one JSON object')
    .action(async (node: string, options: { config: string; json?: true }) => {
      const [{ runNodesShow }, { knownKeysOf }, collectors] = await Promise.all([
        import('../cli/nodes-show.js'),
        import('./host-key-tools.js'),
        loadCollectors(),
      ]);
      const { config, json = false } = options;
      finish(await runNodesShow(io, { configPath: config, node, json, collectors }, { knownKeysOf }));
    });

  vouchOptions(loginOptions(workOptions(nodes.command('add'))))
    .description('take machines in: account, gate and key on each, proven, then into the configuration')
    .argument('<destinations...>', 'USER@HOST or USER@HOST:PORT each; USER is who logs in to set it up')
    .addOption(configOption())
    .option('--name <name>', 'name of a single node; by default after its host')
    .option('--group <group>', 'put it into a group (repeatable)', collect, [])
    .option('--label <key=value>', 'give it a label (repeatable)', collect, [])
    .option('--location <lat,lon>', 'where it stands, in decimal degrees')
    .option('--jump <name>', 'the jump host of the configuration that it is behind')
    .option('--credential <name>', 'the credential of the configuration that monitors it')
    .option('--audit', 'let the account see what only root may, for the audit')
    .addOption(adoptOption())
    .action(async (destinations: string[], flags: AddFlags) => {
      const [{ runNodesAdd }, tools, { withHostKeys }, { terminalAsk }, collectors] = await Promise.all([
        import('../cli/nodes-add.js'),
        import('./session-tools.js'),
        import('./host-key-tools.js'),
        import('../cli/terminal-ask.js'),
        loadCollectors(),
      ]);
      const ask = terminalAsk('give the answer by an option: --yes, --host-key, --known-hosts');
      const { config, name, group, label, location, jump, credential, audit = false, adopt = false } = flags;
      const session = tools.sessionTools(ask, tools.interruption());
      const place = location === undefined ? undefined : locationOf(location);
      finish(
        await withHostKeys(flags, process.stdin.isTTY ? ask : undefined, (learnHostKeys) =>
          runNodesAdd(
            io,
            {
              ...workOf(flags),
              ...loginOf(flags),
              configPath: config,
              destinations,
              name,
              audit,
              adopt,
              collectors,
              entry: {
                groups: group,
                labels: labelsOf(label).set,
                ...(place !== undefined && { location: place }),
                ...(jump !== undefined && { jump: jump.split(',') }),
                ...(credential !== undefined && { credential }),
              },
            },
            { ...session, editor: tools.editor, learnHostKeys },
          ),
        ),
      );
    });

  vouchOptions(loginOptions(workOptions(nodes.command('setup'))))
    .description('bring account, gate and keys on nodes to what the configuration says')
    .argument(SELECTORS, SELECTOR_HELP)
    .addOption(configOption())
    .option('--audit', 'let the account see what only root may, for the audit')
    .addOption(adoptOption())
    .action(async (selectors: string[], flags: SetupFlags) => {
      const [{ runNodesSetup }, tools, { withHostKeys }, { terminalAsk }, collectors] = await Promise.all([
        import('../cli/nodes-setup.js'),
        import('./session-tools.js'),
        import('./host-key-tools.js'),
        import('../cli/terminal-ask.js'),
        loadCollectors(),
      ]);
      const ask = terminalAsk('give the answer by an option: --yes, --known-hosts');
      const session = tools.sessionTools(ask, tools.interruption());
      const { config, audit = false, adopt = false } = flags;
      const common = { ...workOf(flags), ...loginOf(flags), configPath: config, selectors, collectors };
      finish(
        await withHostKeys(flags, process.stdin.isTTY ? ask : undefined, (learnHostKeys) =>
          runNodesSetup(io, { ...common, audit, adopt }, { ...session, learnHostKeys }),
        ),
      );
    });

  nodes
    .command('test')
    .description('prove that the key of each node reads what it should, and is refused all else')
    .argument(SELECTORS, SELECTOR_HELP)
    .addOption(configOption())
    .option('--json', 'print one JSON object')
    .action(async (selectors: string[], options: { config: string; json?: true }) => {
      const [{ runNodesTest }, tools, { withProver }, collectors] = await Promise.all([
        import('../cli/nodes-test.js'),
        import('./session-tools.js'),
        import('./prove.js'),
        loadCollectors(),
      ]);
      const { config, json = false } = options;
      finish(
        await runNodesTest(
          io,
          { configPath: config, selectors, json, concurrency: 16, collectors },
          { ...tools.runTools, withProver },
        ),
      );
    });

  loginOptions(workOptions(nodes.command('remove')))
    .description('take away on nodes what "add" has put there, and take them out of the configuration')
    .argument('<selectors...>', SELECTOR_HELP)
    .addOption(configOption())
    .option('--forget', 'leave the nodes alone: they are gone, or shall keep account and key')
    .action(
      async (selectors: string[], flags: LoginFlags & WorkFlags & { config: string; forget?: true }) => {
        const [{ runNodesRemove }, tools, { forgetHostKeys }, { terminalAsk }, collectors] =
          await Promise.all([
            import('../cli/nodes-remove.js'),
            import('./session-tools.js'),
            import('./host-key-tools.js'),
            import('../cli/terminal-ask.js'),
            loadCollectors(),
          ]);
        const session = tools.sessionTools(terminalAsk('use --yes'), tools.interruption());
        const { config, forget = false } = flags;
        finish(
          await runNodesRemove(
            io,
            { ...workOf(flags), ...loginOf(flags), configPath: config, selectors, forget, collectors },
            { ...session, editor: tools.editor, forgetHostKeys },
          ),
        );
      },
    );

  nodes
    .command('edit')
    .description('change nodes of the configuration, and nothing else in it')
    .argument('<selectors...>', SELECTOR_HELP)
    .addOption(configOption())
    .option('--label <key=value>', 'set a label, or take it away with key- (repeatable)', collect, [])
    .option('--group <group>', 'put into a group (repeatable)', collect, [])
    .option('--ungroup <group>', 'take out of a group (repeatable)', collect, [])
    .option('--credential <name>', 'the credential that monitors them')
    .option('--jump <names>', 'jump hosts, the first to connect to first, with commas; "direct" for none')
    .option('--port <port>', 'the TCP port of their SSH server')
    .option('--location <lat,lon>', 'where they stand, or "none"')
    .option('--dry-run', 'show the change and write nothing')
    .action(async (selectors: string[], flags: EditFlags & { config: string; dryRun?: true }) => {
      const [{ runNodesEdit }, tools, collectors] = await Promise.all([
        import('../cli/nodes-edit.js'),
        import('./session-tools.js'),
        loadCollectors(),
      ]);
      const { config, dryRun = false } = flags;
      finish(
        await runNodesEdit(
          io,
          { configPath: config, selectors, change: changeOf(flags), dryRun, collectors },
          { setsFor: tools.setsFor, editor: tools.editor },
        ),
      );
    });

  nodes
    .command('import')
    .description('write the machines that a file of another tool names into the configuration')
    .argument('<file>', 'the file')
    .addOption(configOption())
    .requiredOption('--format <format>', 'ssh-config, ansible, csv or file-sd')
    .option('--group <group>', 'put them into a group (repeatable)', collect, [])
    .option('--label <key=value>', 'give them a label (repeatable)', collect, [])
    .option('--credential <name>', 'the credential that monitors them')
    .option('--jump <names>', 'jump hosts, the first to connect to first, with commas')
    .option('--dry-run', 'show them and write nothing')
    .option('-y, --yes', 'write them without asking')
    .option('--json', 'print one JSON object')
    .action(async (file: string, flags: ImportFlags) => {
      const [{ runNodesImport }, { editor }, { terminalAsk }, { readImport }, collectors] = await Promise.all(
        [
          import('../cli/nodes-import.js'),
          import('./session-tools.js'),
          import('../cli/terminal-ask.js'),
          import('./read-import.js'),
          loadCollectors(),
        ],
      );
      const {
        config,
        format,
        group,
        label,
        credential,
        jump,
        dryRun = false,
        yes = false,
        json = false,
      } = flags;
      const found = await readImport(format, file);
      const own = { groups: group, labels: labelsOf(label).set, credential, jump: jump?.split(',') };
      const options = { configPath: config, file, found, ...own, dryRun, yes, json, collectors };
      finish(await runNodesImport(io, options, { ask: terminalAsk('use --yes'), editor }));
    });

  nodes
    .command('discover')
    .description('list machines that your ssh_config and known_hosts name and the configuration does not')
    .addOption(configOption())
    .option('--json', 'print a JSON list')
    .action(async (options: { config: string; json?: boolean }) => {
      const [{ runNodesDiscover }, { discover }, { loadConfig }, collectors] = await Promise.all([
        import('../cli/nodes-discover.js'),
        import('./discovery.js'),
        import('../config/load.js'),
        loadCollectors(),
      ]);
      const { config, json = false } = options;
      const { knownHosts } = await loadConfig(config, { collectors });
      finish(
        await runNodesDiscover(io, { configPath: config, json, collectors }, await discover(knownHosts)),
      );
    });

  vouchOptions(nodes.command('rekey'))
    .description('look at the host key of a node, and make it the known one when somebody vouches for it')
    .argument('<node>', 'its name in the configuration')
    .addOption(configOption())
    .option('--jump', 'the name is that of a jump host')
    .option('--dry-run', 'show what the host presents, and change nothing')
    .option('--json', 'print one JSON object')
    .action(
      async (
        name: string,
        flags: VouchFlags & { config: string; jump?: true; dryRun?: true; json?: true },
      ) => {
        const [{ runNodesRekey }, { rekeyTools }, { terminalAsk }, collectors] = await Promise.all([
          import('../cli/nodes-rekey.js'),
          import('./host-key-tools.js'),
          import('../cli/terminal-ask.js'),
          loadCollectors(),
        ]);
        const ask = terminalAsk('give the fingerprint with --host-key, or a file with --known-hosts');
        const { config, jump = false, dryRun = false, json = false } = flags;
        const options = { configPath: config, name, jump, dryRun, json, collectors };
        finish(await runNodesRekey(io, options, rekeyTools(flags, ask)));
      },
    );
}

function vouchOptions(command: Command): Command {
  return command
    .option('--host-key <SHA256:…>', 'the fingerprint of the host key, as it came another way')
    .option('--known-hosts <file>', 'a known_hosts file that came another way')
    .option('--sshfp', 'trust an SSHFP record that DNSSEC vouches for');
}

/** How the work goes, as the command line says it. */
export function workOf({ dryRun = false, yes = false, json = false, parallel }: WorkFlags): {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
  readonly concurrency: number;
} {
  return { dryRun, yes, json, concurrency: parallel };
}

/** Who logs in and how, as the command line says it. */
export function loginOf({ login, identity, askPassword = false, askSudoPassword = false }: LoginFlags): {
  readonly login: string;
  readonly identities: readonly string[];
  readonly askPassword: boolean;
  readonly askSudoPassword: boolean;
} {
  return { login, identities: identity, askPassword, askSudoPassword };
}
