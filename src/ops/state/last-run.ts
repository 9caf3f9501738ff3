import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as os from 'node:os';
import { codeOf, PipefleetError } from '../../core/errors.js';
import { redact } from '../../core/redact.js';
import type { NodeSets } from '../../inventory/node-sets.js';

/** How a command ended for one node. */
export interface RunNode {
  readonly outcome: 'ok' | 'failed' | 'unreachable' | 'skipped';
  /** One sentence; empty when all went well. */
  readonly message: string;
}

/** The last command that worked on several nodes: what `@failed` and the other sets of selectors are about. */
export interface Run {
  readonly command: string;
  /** Unix time in milliseconds. */
  readonly endedAt: number;
  readonly nodes: Readonly<Record<string, RunNode>>;
}

/** Where state lies: `$XDG_STATE_HOME/pipefleet`, else `~/.local/state/pipefleet`. */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env, home = os.homedir()): string {
  return join(environment['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'pipefleet');
}

/**
 * Remembers a run for its configuration file. It holds names and sentences of nodes, no output and no secret.
 *
 * @throws {PipefleetError} `state_unusable` when it cannot be written
 */
export async function recordRun(configPath: string, run: Run, folder = stateFolder()): Promise<void> {
  const nodes = Object.entries(run.nodes).map(
    ([name, { outcome, message }]) => [name, { outcome, message: redact(message, 500) }] as const,
  );
  const file = fileFor(configPath, folder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ ...run, nodes: Object.fromEntries(nodes) });
    await writeFile(`${file}.${process.pid}`, text, { mode: 0o600 });
    await rename(`${file}.${process.pid}`, file);
  } catch (cause) {
    throw unusable(`The state folder ${folder} cannot be written`, cause);
  }
}

/**
 * The sets of the last run, read when one is asked for.
 *
 * @throws {PipefleetError} `state_unusable` when there was none, or it cannot be read
 */
export async function runSets(configPath: string, folder = stateFolder()): Promise<NodeSets> {
  const found = await readFile(fileFor(configPath, folder), 'utf8').catch((error: unknown) => error);
  return (name) => {
    if (!['last', 'ok', 'failed', 'unreachable'].includes(name)) return undefined;
    const nodes = typeof found === 'string' ? readNodes(found) : undefined;
    if (nodes === undefined) {
      if (codeOf(found) === 'ENOENT') {
        throw new PipefleetError(
          'state_unusable',
          `@${name} means nothing yet: no command has worked on nodes of ${configPath}.`,
        );
      }
      throw unusable(`What is known of the last run in ${folder} cannot be read`, found);
    }
    const entries = Object.entries(nodes);
    // Who could not be reached has failed too.
    const meant = entries.filter(([, { outcome }]) =>
      name === 'last' ? true : name === 'failed' ? outcome !== 'ok' : outcome === name,
    );
    return new Set(meant.map(([node]) => node));
  };
}

function fileFor(configPath: string, folder: string): string {
  const digest = createHash('sha256').update(resolve(configPath)).digest('hex').slice(0, 16);
  return join(folder, `last-run-${digest}.json`);
}

function readNodes(text: string): Run['nodes'] | undefined {
  try {
    const { nodes } = JSON.parse(text) as { readonly nodes?: unknown };
    return typeof nodes === 'object' && nodes !== null ? (nodes as Run['nodes']) : undefined;
  } catch {
    return undefined;
  }
}

function unusable(what: string, cause: unknown): PipefleetError {
  return new PipefleetError('state_unusable', `${what} (${codeOf(cause) ?? 'broken'}).`, { cause });
}
