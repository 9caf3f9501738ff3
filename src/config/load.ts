import { createReadStream } from 'node:fs';
import { homedir } from 'node:os';
import { codeOf, PipefleetError } from '../core/errors.js';
import type { Config } from './config.js';
import { formatProblem, sortProblems, type KeyPath, type Position, type Problem } from './diagnostics.js';
import type { KnownCollector } from './modules.js';
import { normalize, type Surroundings } from './normalize.js';
import { checkRules } from './rules.js';
import { mistakesOf, wordIssue } from './sentences.js';
import { writtenConfig } from './written.js';
import { readYaml } from './yaml-document.js';

export interface LoadOptions {
  /** Every collector that exists, in registry order. */
  readonly collectors: readonly KnownCollector[];
  /** The folder that "~" stands for; the user's own by default. */
  readonly home?: string;
  /** `process.env` by default. Only SSH_AUTH_SOCK is read from it. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A configuration or what is wrong with it: `config` is there exactly when `problems` is empty. */
export interface CheckedConfig {
  readonly config: Config | undefined;
  /** All of them, in reading order. */
  readonly problems: readonly Problem[];
  /** Where a value stands in the text; for one that is left out, what it is left out of. */
  readonly positionOf: (path: KeyPath) => Position;
}

const BEGIN_ONE =
  'copy pipefleet.example.yml there, let pipefleet keys generate begin it, or name another file';

/** A fleet of 20,000 nodes with ten labels each fits in. */
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/**
 * Judges the text of a configuration file. Opens nothing.
 *
 * @param path where the text comes from: named in problems as written, and the start of relative paths
 */
export function checkConfig(text: string, path: string, options: LoadOptions): CheckedConfig {
  const surroundings: Surroundings = {
    collectors: options.collectors,
    home: options.home ?? homedir(),
    environment: options.environment ?? process.env,
  };
  const yaml = readYaml(text);
  const problems: Problem[] = yaml.faults.map((fault) => ({ file: path, ...fault }));
  const fail = (position: Position, message: string) => problems.push({ file: path, ...position, message });

  let config: Config | undefined;
  if (yaml.data === null) {
    fail({ line: 1, column: 1 }, 'the file is empty; start from pipefleet.example.yml');
  } else if (yaml.data !== undefined) {
    const parsed = writtenConfig.safeParse(yaml.data, { error: wordIssue });
    const mistakes = [
      ...mistakesOf(parsed.error?.issues ?? []),
      ...checkRules(yaml.data, { ...surroundings, lineOf: (at) => yaml.positionOf(at).line }),
    ];
    for (const { path: at, at: side, message } of mistakes) {
      fail(side === 'key' ? yaml.keyPositionOf(at) : yaml.positionOf(at), message);
    }
    if (parsed.success && problems.length === 0) config = normalize(parsed.data, path, surroundings);
  }
  return { config, problems: sortProblems(problems), positionOf: yaml.positionOf };
}

/** A configuration without problems, and where its values stand in the file. */
export interface LocatedConfig extends Pick<CheckedConfig, 'positionOf'> {
  readonly config: Config;
}

/**
 * Reads and judges a configuration file, for a caller that has more to say about its values.
 *
 * @throws {PipefleetError} `config_unreadable`, or `config_invalid` with every problem on a line of its own
 */
export async function locateConfig(path: string, options: LoadOptions): Promise<LocatedConfig> {
  const { config, problems, positionOf } = checkConfig(await readConfigFile(path), path, options);
  if (config === undefined)
    throw new PipefleetError('config_invalid', problems.map(formatProblem).join('\n'));
  return { config, positionOf };
}

/**
 * Reads and judges a configuration file.
 *
 * @throws {PipefleetError} as {@link locateConfig}
 */
export async function loadConfig(path: string, options: LoadOptions): Promise<Config> {
  return (await locateConfig(path, options)).config;
}

/**
 * The text of a configuration file.
 *
 * @param missing how to mend that there is none
 * @throws {PipefleetError} `config_unreadable` when it cannot be opened, is larger than 10 MiB or is not UTF-8
 */
export async function readConfigFile(path: string, missing = BEGIN_ONE): Promise<string> {
  return (await readConfigBytes(path, path, missing)).text;
}

/** What a configuration file holds, byte by byte. */
export interface ConfigBytes {
  readonly bytes: Buffer;
  /** The same as text, without a byte order mark. */
  readonly text: string;
}

/**
 * What a configuration file holds, for who writes it again.
 *
 * @param path of the file
 * @param name of the file in messages
 * @param missing how to mend that there is none
 * @throws {PipefleetError} as {@link readConfigFile}
 */
export async function readConfigBytes(path: string, name = path, missing = BEGIN_ONE): Promise<ConfigBytes> {
  const bytes = await readBytes(path, name, missing);
  if (bytes.length > MAX_FILE_BYTES) {
    throw new PipefleetError('config_unreadable', `${name} is larger than 10 MiB; name a configuration file`);
  }
  try {
    return { bytes, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (cause) {
    throw new PipefleetError('config_unreadable', `${name} is not UTF-8 text; save it as UTF-8`, { cause });
  }
}

async function readBytes(path: string, name: string, missing: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: MAX_FILE_BYTES })) chunks.push(chunk as Buffer);
  } catch (cause) {
    throw new PipefleetError('config_unreadable', unreadableSentence(name, cause, missing), { cause });
  }
  return Buffer.concat(chunks);
}

function unreadableSentence(path: string, cause: unknown, missing: string): string {
  const code = codeOf(cause);
  if (code === 'ENOENT') return `${path} does not exist; ${missing}`;
  if (code === 'EACCES') return `${path} may not be read by this user; change its owner or mode`;
  if (code === 'EISDIR') return `${path} is a folder; name the file in it`;
  return `${path} cannot be read (${code ?? 'unknown error'}); name another file`;
}
