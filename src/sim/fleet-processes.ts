import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { PipefleetError } from '../core/errors.js';
import type { FleetMember } from './fleet-files.js';
import type { FleetPlan } from './fleet-nodes.js';

/** What a worker is told. */
export interface WorkerTask {
  readonly plan: FleetPlan;
  readonly positions: readonly number[];
}

/** What a worker says, once: that its nodes listen, or why they do not. */
export type WorkerReport = { readonly members: readonly FleetMember[] } | { readonly failure: string };

/** A fleet in several processes. */
export interface FleetProcesses {
  /** In the order of their positions. */
  readonly members: readonly FleetMember[];
  /** Resolves when a process has ended by itself, with what happened. */
  readonly died: Promise<PipefleetError>;
  stop(): Promise<void>;
}

/**
 * Starts the nodes of a plan in several processes: the event loop of one could not answer thousands. They end with this one.
 *
 * @param worker the program of a worker, see `src/bin/sim-worker.ts`
 * @throws {PipefleetError} `listen_failed`
 */
export async function startFleetProcesses(
  worker: string,
  plan: FleetPlan,
  processes: number,
): Promise<FleetProcesses> {
  const workers = Array.from({ length: processes }, (_, index) => {
    const positions: number[] = [];
    for (let position = index; position < plan.count; position += processes) positions.push(position);
    return start(worker, { plan, positions });
  });
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    await Promise.all(workers.map((one) => one.stop()));
  };
  const died = new Promise<PipefleetError>((resolve) => {
    for (const { ended } of workers) void ended.then((error) => !stopping && resolve(error));
  });
  const reports = Promise.all(workers.map(({ reported }) => reported));
  try {
    const groups = await Promise.race([
      reports,
      died.then((error) => {
        throw error;
      }),
    ]);
    const members = Array.from({ length: plan.count }, (_, position) => {
      const member = groups[position % processes]?.[Math.floor(position / processes)];
      if (member === undefined) throw new RangeError('A worker has told of too few nodes.');
      return member;
    });
    return { members, died, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Worker {
  readonly reported: Promise<readonly FleetMember[]>;
  readonly ended: Promise<PipefleetError>;
  stop(): Promise<void>;
}

function start(worker: string, task: WorkerTask): Worker {
  // Signals of the terminal reach the whole group; a worker ends when this process says so, or is gone.
  const child: ChildProcess = fork(worker, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>;
  child.send(task);
  const reported = once(child, 'message').then(([report]) => {
    const said = report as WorkerReport;
    if ('failure' in said) throw new PipefleetError('listen_failed', said.failure);
    return said.members;
  });
  // Whoever waits for it hears of a failure; nobody may be waiting yet.
  reported.catch(() => undefined);
  return {
    reported,
    ended: exited.then(
      ([code, signal]) =>
        new PipefleetError(
          'operation_failed',
          `A process of simulated nodes has ended (${signal ?? `exit status ${String(code)}`}); its nodes are gone. Start the fleet again.`,
        ),
    ),
    stop: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
