import { createHash } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf, messageOf, PipefleetError } from '../core/errors.js';
import { redact } from '../core/redact.js';
import { readText } from '../core/read-bounded.js';
import { RUN_SETS, type NodeSets, type RunSet } from '../inventory/node-sets.js';
import { OUTCOMES, type NodeResult, type Outcome, type Run } from './run.js';
import { makeStateFolder, stateFolder, type Surroundings } from './state-folder.js';

/** The form of the file; another number is another form. */
const FORM = 1;
/** In UTF-16 units: a sentence, and not what a node printed. */
const MAX_MESSAGE = 300;

/** What commands remember of each other: the sets that selectors may name, and the run to keep for the next command. */
export interface RunMemory {
  readonly sets: (configPath: string) => Promise<NodeSets>;
  /** @throws {PipefleetError} `state_unusable` when it cannot be kept */
  readonly record: (run: Run) => Promise<void>;
}

/** The memory in the state folder of a user. */
export function createRunMemory(surroundings: Surroundings): RunMemory {
  return {
    sets: (configPath) => lastRunSets(configPath, surroundings),
    record: (run) => recordRun(run, surroundings),
  };
}

/** Which outcomes are in a set; what failed is whatever did not succeed, also for want of an answer. */
const MEMBERS: Readonly<Record<RunSet, readonly Outcome[]>> = {
  last: OUTCOMES,
  ok: ['ok'],
  failed: ['failed', 'unreachable'],
  unreachable: ['unreachable'],
};

/**
 * Keeps what a run did as the last one of its configuration, for selectors such as `@failed`. The file is the user's alone (mode
 * 0600) and takes the place of the one before at one stroke.
 *
 * @throws {PipefleetError} `state_unusable` when it cannot be written
 */
export async function recordRun(run: Run, surroundings: Surroundings): Promise<void> {
  const configPath = resolve(run.configPath);
  const nodes = Object.fromEntries(
    Object.entries(run.nodes).map(([name, { outcome, message }]) => [
      name,
      { outcome, message: redact(message, MAX_MESSAGE) },
    ]),
  );
  const text = JSON.stringify({ form: FORM, ...run, configPath, nodes }, null, 1);
  try {
    await makeStateFolder(surroundings);
    await writeAtOnce(fileOf(configPath, surroundings), `${text}\n`);
  } catch (cause) {
    throw new PipefleetError(
      'state_unusable',
      `What became of the nodes cannot be kept in ${stateFolder(surroundings)} (${codeOf(cause) ?? messageOf(cause)}); @failed and the like mean the run before.`,
      { cause },
    );
  }
}

/**
 * The last run of a configuration; undefined when there was none.
 *
 * @throws {PipefleetError} `state_unusable` when its file cannot be read or is not of the form that recordRun gives it
 */
export async function readLastRun(configPath: string, surroundings: Surroundings): Promise<Run | undefined> {
  const file = fileOf(resolve(configPath), surroundings);
  let text: string;
  try {
    text = await readText(file);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw new PipefleetError(
      'state_unusable',
      `What the last run did cannot be read from ${file} (${codeOf(cause) ?? messageOf(cause)}); mend its mode, or remove it.`,
      { cause },
    );
  }
  const run = parseRun(text);
  if (run === undefined)
    throw new PipefleetError(
      'state_unusable',
      `${file} is not what a run of this version leaves; remove it, and run the command for all nodes again.`,
    );
  return run;
}

/** What selectors may ask of a run: `last`, `ok`, `failed` (unreachable ones included) and `unreachable`. */
export function nodeSets(run: Run): NodeSets {
  return (name) => {
    const wanted = isRunSet(name) ? MEMBERS[name] : undefined;
    if (wanted === undefined) return undefined;
    const members = Object.entries(run.nodes).filter(([, { outcome }]) => wanted.includes(outcome));
    return new Set(members.map(([node]) => node));
  };
}

/**
 * The sets of the last run of a configuration. Whatever is wrong with it is thrown only when one of them is asked for: as a
 * PipefleetError `state_unusable`, also when there was no run.
 */
export async function lastRunSets(configPath: string, surroundings: Surroundings): Promise<NodeSets> {
  let sets: NodeSets;
  try {
    const run = await readLastRun(configPath, surroundings);
    sets = run === undefined ? () => refuse(noRun(configPath)) : nodeSets(run);
  } catch (error) {
    sets = () => refuse(error);
  }
  return (name) => (isRunSet(name) ? sets(name) : undefined);
}

/** Runs that end at once do not disturb each other: each has a file of its own until it is whole. */
async function writeAtOnce(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  try {
    await writeFile(temporary, text, { flag: 'wx', mode: 0o600 });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function refuse(error: unknown): never {
  throw error;
}

function noRun(configPath: string): PipefleetError {
  return new PipefleetError(
    'state_unusable',
    `No run with ${configPath} is remembered, so that no set of nodes is known; run pipefleet audit first, or name the nodes.`,
  );
}

function isRunSet(name: string): name is RunSet {
  return RUN_SETS.some((known) => known === name);
}

/** A file a configuration: two fleets of one operator must not be mixed up. */
function fileOf(absoluteConfigPath: string, surroundings: Surroundings): string {
  const digest = createHash('sha256').update(absoluteConfigPath).digest('hex').slice(0, 32);
  return join(stateFolder(surroundings), `last-run-${digest}.json`);
}

function parseRun(text: string): Run | undefined {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(data) || data['form'] !== FORM) return undefined;
  const { command, configPath, startedAt, endedAt, nodes } = data;
  if (typeof command !== 'string' || typeof configPath !== 'string') return undefined;
  if (typeof startedAt !== 'string' || typeof endedAt !== 'string') return undefined;
  if (!isRecord(nodes) || !Object.values(nodes).every(isNodeResult)) return undefined;
  return { command, configPath, startedAt, endedAt, nodes: nodes as Record<string, NodeResult> };
}

function isNodeResult(value: unknown): value is NodeResult {
  return (
    isRecord(value) &&
    OUTCOMES.some((outcome) => outcome === value['outcome']) &&
    typeof value['message'] === 'string'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
