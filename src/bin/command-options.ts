import { type Command, InvalidArgumentError, Option } from 'commander';
import type { NodeChange } from '../config/edit/node-change.js';
import { PipefleetError } from '../core/errors.js';

/** How a person logs in to nodes. */
export interface LoginFlags {
  readonly login: string;
  readonly identity: readonly string[];
  readonly askPassword?: boolean;
  readonly askSudoPassword?: boolean;
}

/** How work on many nodes goes. */
export interface WorkFlags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly parallel: number;
}

export function loginOptions(command: Command): Command {
  return command
    .option('--login <user>', 'the account to log in with on the nodes', 'root')
    .option(
      '-i, --identity <file>',
      'your private key (repeatable); by default an ssh-agent and the usual files',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .option('--ask-password', 'ask for the password of that account')
    .option('--ask-sudo-password', 'ask for its password for sudo');
}

export function workOptions(command: Command): Command {
  return command
    .option('--dry-run', 'look and show what would be done, and change nothing')
    .option('-y, --yes', 'do it without asking')
    .option('--json', 'print one JSON object')
    .option('--parallel <number>', 'nodes that are worked on at once', wholeNumber, 16);
}

export function adoptOption(): Option {
  return new Option('--adopt', 'take over an account of that name which pipefleet has not made');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 200)
    throw new InvalidArgumentError('Write a whole number from 1 to 200.');
  return value;
}

/**
 * Labels as `key=value` sets them and `key-` takes them away.
 *
 * @throws {PipefleetError} `usage`
 */
export function labelsOf(words: readonly string[]): {
  readonly set: Readonly<Record<string, string>>;
  readonly taken: readonly string[];
} {
  const set: Record<string, string> = {};
  const taken: string[] = [];
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals > 0) set[word.slice(0, equals)] = word.slice(equals + 1);
    else if (equals < 0 && word.endsWith('-') && word.length > 1) taken.push(word.slice(0, -1));
    else
      throw new PipefleetError(
        'usage',
        `${JSON.stringify(word)} is no label; write key=value, or key- to take it away.`,
      );
  }
  return { set, taken };
}

/**
 * A place as `LATITUDE,LONGITUDE` in decimal degrees.
 *
 * @throws {PipefleetError} `usage`
 */
export function locationOf(text: string): { readonly latitude: number; readonly longitude: number } {
  const groups = /^(?<latitude>-?\d+(?:\.\d+)?),\s*(?<longitude>-?\d+(?:\.\d+)?)$/.exec(text)?.groups;
  const [latitude, longitude] = [Number(groups?.['latitude']), Number(groups?.['longitude'])];
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
    throw new PipefleetError(
      'usage',
      `${JSON.stringify(text)} is no place; write LATITUDE,LONGITUDE in degrees, such as 50.11,8.68.`,
    );
  }
  return { latitude, longitude };
}

/** The flags of `nodes edit`. */
export interface EditFlags {
  readonly label: readonly string[];
  readonly group: readonly string[];
  readonly ungroup: readonly string[];
  readonly credential?: string;
  readonly jump?: string;
  readonly port?: string;
  readonly location?: string;
}

/**
 * What `nodes edit` is to change.
 *
 * @throws {PipefleetError} `usage`
 */
export function changeOf({ label, group, ungroup, credential, jump, port, location }: EditFlags): NodeChange {
  const { set, taken } = labelsOf(label);
  const labels = { ...set, ...Object.fromEntries(taken.map((name) => [name, null])) };
  const place = location === undefined || location === 'none' ? null : locationOf(location);
  return {
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(group.length > 0 && { addGroups: group }),
    ...(ungroup.length > 0 && { removeGroups: ungroup }),
    ...(credential !== undefined && { credential }),
    ...(jump !== undefined && { jump: jump === 'direct' ? [] : jump.split(',') }),
    ...(port !== undefined && { port: wholePort(port) }),
    ...(location !== undefined && { location: place }),
  };
}

function wholePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new PipefleetError('usage', `${JSON.stringify(text)} is no port; write a number from 1 to 65535.`);
}

/** For an option that may be given several times: the values so far and one more. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
