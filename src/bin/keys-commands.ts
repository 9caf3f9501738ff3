import { Argument, type Command, Option } from 'commander';
import { codeOf, PipefleetError } from '../core/errors.js';
import { type Purpose, purposes } from '../core/purpose.js';
import { readText } from '../core/read-bounded.js';
import { collect, loginOptions, type LoginFlags, workOptions, type WorkFlags } from './command-options.js';
import { loginOf, type Program, workOf } from './nodes-commands.js';

interface GenerateFlags {
  readonly config: string;
  readonly purpose: readonly Purpose[];
  readonly dir?: string;
  readonly from: readonly string[];
  readonly passphraseFile?: string;
  readonly passphraseEnv?: string;
}

type ChangeFlags = LoginFlags & WorkFlags & { readonly config: string; readonly credential?: string };

const purposeArgument = (): Argument => new Argument('<purpose>', 'what the key is for').choices(purposes);

/** `pipefleet keys …`, each with its part of the house loaded when it runs. */
export function addKeysCommands(
  program: Command,
  { io, finish, configOption, loadCollectors }: Program,
): void {
  const keys = program.command('keys').description('the keys of pipefleet, each for one purpose');

  keys
    .command('generate')
    .description('make a key for each purpose, and a credential for it in the configuration')
    .addOption(configOption())
    .addOption(
      new Option('--purpose <purpose>', 'only this one (repeatable); by default monitor')
        .argParser((value: string, before: readonly Purpose[]) => [...before, purposeOf(value)])
        .default([]),
    )
    .option('--dir <folder>', 'where the keys lie; by default "keys" beside the configuration')
    .option('--from <address>', 'where the keys may be used from (repeatable)', collect, [])
    .option('--passphrase-file <file>', 'encrypt them with the first line of this file')
    .option('--passphrase-env <name>', 'encrypt them with what this environment variable holds')
    .action(async (flags: GenerateFlags) => {
      const [{ runKeysGenerate }, collectors] = await Promise.all([
        import('../cli/keys-generate.js'),
        loadCollectors(),
      ]);
      const { config, purpose, dir, from } = flags;
      const wanted: readonly Purpose[] = purpose.length > 0 ? purpose : ['monitor'];
      finish(
        await runKeysGenerate(io, {
          configPath: config,
          purposes: purposes.filter((each) => wanted.includes(each)),
          folder: dir,
          from,
          passphrase: await passphraseOf(flags),
          collectors,
        }),
      );
    });

  keys
    .command('list')
    .description('list the keys of the configuration')
    .addOption(configOption())
    .option('--json', 'print a JSON list')
    .action(async (flags: { config: string; json?: true }) => {
      const [{ runKeysList }, { readPublicKey }, collectors] = await Promise.all([
        import('../cli/keys-list.js'),
        import('../ops/keys/public-key.js'),
        loadCollectors(),
      ]);
      const fingerprintOf = async (credential: Parameters<typeof readPublicKey>[0]): Promise<string> =>
        (await readPublicKey(credential)).fingerprint;
      const { config, json = false } = flags;
      finish(await runKeysList(io, { configPath: config, json, collectors }, { fingerprintOf }));
    });

  loginOptions(workOptions(keys.command('rotate')))
    .description('give every node a new key, prove it, and only then forget the old one')
    .addArgument(purposeArgument())
    .addOption(configOption())
    .option('--credential <name>', 'where several credentials have the purpose')
    .option('--leave <selector>', 'nodes to leave behind with the old key (repeatable)', collect, [])
    .action(async (purpose: Purpose, flags: ChangeFlags & { readonly leave: readonly string[] }) => {
      const [{ runKeysRotate }, tools, { terminalAsk }, { makeNextKey }, collectors] = await Promise.all([
        import('../cli/keys-rotate.js'),
        import('./session-tools.js'),
        import('../cli/terminal-ask.js'),
        import('./next-key.js'),
        loadCollectors(),
      ]);
      const { config, credential, leave } = flags;
      const options = { ...workOf(flags), ...loginOf(flags), configPath: config, purpose, credential, leave };
      const session = tools.sessionTools(terminalAsk('use --yes'), tools.interruption());
      finish(
        await runKeysRotate(
          io,
          { ...options, adopt: false, collectors },
          { ...session, makeKey: makeNextKey },
        ),
      );
    });

  loginOptions(workOptions(keys.command('revoke')))
    .description('take a key away from nodes, and prove that it lets nobody in any more')
    .addArgument(purposeArgument())
    .argument('[selectors...]', 'which nodes; every node that has it by default')
    .addOption(configOption())
    .option('--credential <name>', 'where several credentials have the purpose')
    .action(async (purpose: Purpose, selectors: string[], flags: ChangeFlags) => {
      const [{ runKeysRevoke }, tools, { terminalAsk }, { letsIn }, collectors] = await Promise.all([
        import('../cli/keys-revoke.js'),
        import('./session-tools.js'),
        import('../cli/terminal-ask.js'),
        import('./prove.js'),
        loadCollectors(),
      ]);
      const { config, credential } = flags;
      const options = {
        ...workOf(flags),
        ...loginOf(flags),
        configPath: config,
        purpose,
        credential,
        selectors,
      };
      const session = tools.sessionTools(terminalAsk('use --yes'), tools.interruption());
      finish(await runKeysRevoke(io, { ...options, adopt: false, collectors }, { ...session, letsIn }));
    });
}

function purposeOf(word: string): Purpose {
  const found = purposes.find((purpose) => purpose === word);
  if (found !== undefined) return found;
  throw new PipefleetError('usage', `There is no purpose ${word}; there is ${purposes.join(', ')}.`);
}

async function passphraseOf({ passphraseFile, passphraseEnv }: GenerateFlags) {
  if (passphraseFile !== undefined && passphraseEnv !== undefined) {
    throw new PipefleetError(
      'usage',
      'A passphrase comes from one place: --passphrase-file or --passphrase-env.',
    );
  }
  if (passphraseEnv !== undefined) {
    const text = process.env[passphraseEnv] ?? '';
    if (text === '')
      throw new PipefleetError('usage', `The environment variable ${passphraseEnv} is not set.`);
    return { text, entry: { passphrase_env: passphraseEnv } };
  }
  if (passphraseFile === undefined) return undefined;
  const text = await readText(passphraseFile).catch((cause: unknown) => {
    throw new PipefleetError(
      'usage',
      `The passphrase file ${passphraseFile} cannot be read (${codeOf(cause) ?? 'unknown error'}).`,
      { cause },
    );
  });
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (line === '')
    throw new PipefleetError('usage', `The passphrase file ${passphraseFile} has an empty first line.`);
  return { text: line, entry: { passphrase_file: passphraseFile } };
}
