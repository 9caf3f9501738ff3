import { answerBatch } from './batch-answer.js';
import { createRequestReader } from './batch-request.js';
import type { FaultKind } from './faults.js';
import type { NodeModel } from './model.js';
import { contentsOf } from './node-contents.js';
import { type CommandAnswer, type SshCondition, type SshNode, startSshNode } from './ssh-node.js';

export interface SimulatedNodeOptions {
  readonly model: NodeModel;
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  readonly user: string;
  /** The one public key that may log in, as `ssh-ed25519 AAAA…`. */
  readonly clientKey: string;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** A model behind a real SSH server. */
export interface SimulatedNode extends Pick<SshNode, 'host' | 'port' | 'hostKey' | 'stop'> {
  /** Lets the SSH server suffer what the schedule holds for this moment; to be called every second or so. */
  update(): Promise<void>;
}

const CONDITIONS: Partial<Readonly<Record<FaultKind, SshCondition>>> = {
  unreachable: 'closed',
  reboot: 'closed',
  auth_refused: 'auth_refused',
  host_key_changed: 'host_key_changed',
};

const REFUSAL: CommandAnswer = {
  stdout: '',
  stderr: "This is a simulated node: it answers pipefleet's probes and runs nothing else.\n",
  exitCode: 127,
};

/** The nodes of a process are asked the same things: they share what they learned about the requests. */
const readRequest = createRequestReader();

/**
 * Starts one simulated node.
 *
 * @throws {PipefleetError} `listen_failed`
 */
export async function startSimulatedNode(options: SimulatedNodeOptions): Promise<SimulatedNode> {
  const { model, now } = options;
  const run = (command: string): CommandAnswer | undefined => {
    const request = readRequest(command);
    if (request === undefined) return REFUSAL;
    const state = model.stateAt(now() / 1_000);
    if (state.fault === 'hang') return undefined;
    return { stdout: answerBatch(request, contentsOf(model, state)), stderr: '', exitCode: 0 };
  };
  const { host, port, user, clientKey } = options;
  const ssh = await startSshNode({ host, port, user, clientKey, run });
  const update = (): Promise<void> => {
    const fault = model.faults.at(now() / 1_000)?.kind;
    return ssh.setCondition((fault && CONDITIONS[fault]) ?? 'normal');
  };
  await update();
  return { host: ssh.host, port: ssh.port, hostKey: ssh.hostKey, update, stop: () => ssh.stop() };
}
