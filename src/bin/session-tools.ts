import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import type { Ask } from '../cli/ask.js';
import type { ConfigEditor } from '../cli/config-editor.js';
import type { SetUpSession } from '../cli/nodes-setup.js';
import type { NodeResult } from '../cli/set-up-report.js';
import { diffLines } from '../config/edit/diff-lines.js';
import { addNodes, changeNodes, removeNodes } from '../config/edit/nodes.js';
import { planConfigChange, updateConfigFile } from '../config/edit/write-config.js';
import type { NodeSets } from '../inventory/node-sets.js';
import { readPublicKey } from '../ops/keys/public-key.js';
import { createRunMemory } from '../ops/last-run.js';
import type { Run, Outcome } from '../ops/run.js';
import { withSetUp } from './set-up-tools.js';

/** Changes pipefleet.yml as commands do. */
export const editor: ConfigEditor = {
  addNodes,
  removeNodes,
  changeNodes,
  planConfigChange,
  updateConfigFile,
  diffLines,
};

const memory = createRunMemory({ environment: process.env, home: homedir() });
const begunAt = new Date();

/** The named sets of the last run of a configuration. */
export const setsFor = (configPath: string): Promise<NodeSets> => memory.sets(configPath);

/** What commands need that read nodes and say how it went. */
export const runTools: Pick<SetUpSession, 'setsFor' | 'recordRun'> = {
  setsFor,
  recordRun: (command, configPath, results) => memory.record(runOf(command, configPath, results)),
};

/** The tools that all commands share which work on nodes. */
export function sessionTools(ask: Ask, signal: AbortSignal): SetUpSession {
  // One for all that the command does; a letter first, so that YAML takes it for no number.
  const newFleet = `f${randomBytes(8).toString('hex').slice(1)}`;
  return {
    ...runTools,
    withSetUp: (config, options, use) =>
      withSetUp(config, options, { ask, publicKeysOf: readPublicKey, newFleet, signal }, use),
  };
}

const OUTCOMES: Readonly<Record<NodeResult['outcome'], Outcome>> = {
  ready: 'ok',
  planned: 'ok',
  removed: 'ok',
  unreachable: 'unreachable',
  failed: 'failed',
  blocked: 'failed',
  skipped: 'skipped',
};

function runOf(command: string, configPath: string, results: readonly NodeResult[]): Run {
  const nodes = results.map(
    ({ name, outcome, message }) => [name, { outcome: OUTCOMES[outcome], message }] as const,
  );
  return {
    command,
    configPath,
    startedAt: begunAt.toISOString(),
    endedAt: new Date().toISOString(),
    nodes: Object.fromEntries(nodes),
  };
}

/** Aborted by the first Ctrl-C; a second one ends the process. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => {
    process.stderr.write('Ending what has begun; nothing new begins. Once more ends at once.\n');
    controller.abort();
  });
  return controller.signal;
}
