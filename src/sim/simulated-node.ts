import { answerBatch } from './batch-answer.js';
import { endOfAnswer } from '../collectors/batch.js';
import { type BatchRequest, createRequestReader, createStandingReader } from './batch-request.js';
import type { FaultKind } from './faults.js';
import type { NodeModel } from './model.js';
import { contentsOf } from './node-contents.js';
import {
  type CommandAnswer,
  type ServedProgram,
  type SshCondition,
  type SshNode,
  startSshNode,
} from './ssh-node.js';

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
  /** What its SSH server suffers from for good, whatever the model's faults are. */
  readonly condition?: SshCondition | undefined;
  /** How long it thinks before each answer, in milliseconds. */
  readonly delay?: number;
  /** How far away it is, in milliseconds. */
  readonly roundTrip?: number;
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
const readStanding = createStandingReader();
/** The node draws no token of its own, see collectors/batch.ts: nothing on it could see the one that was sent. */
const TOKEN = /^[0-9a-f]{32}$/;

/**
 * Starts one simulated node.
 *
 * @throws {PipefleetError} `listen_failed`
 */
export async function startSimulatedNode(options: SimulatedNodeOptions): Promise<SimulatedNode> {
  const { model, now } = options;
  const answerOf = (request: BatchRequest): string | undefined => {
    const state = model.stateAt(now() / 1_000);
    return state.fault === 'hang' ? undefined : answerBatch(request, contentsOf(model, state));
  };
  const run = (command: string): CommandAnswer | undefined => {
    const request = readRequest(command);
    if (request === undefined) return REFUSAL;
    const stdout = answerOf(request);
    return stdout === undefined ? undefined : { stdout, stderr: '', exitCode: 0 };
  };
  const serve = (command: string): ServedProgram | undefined => {
    const plan = readStanding(command);
    if (plan === undefined) return undefined;
    return {
      answer: (token) => {
        const text = TOKEN.test(token) ? answerOf({ token, plan }) : undefined;
        return text === undefined ? undefined : `${text}${endOfAnswer(token)}0\n`;
      },
    };
  };
  const { host, port, user, clientKey, delay = 0, roundTrip = 0 } = options;
  const ssh = await startSshNode({ host, port, user, clientKey, run, serve, delay, roundTrip });
  const update = (): Promise<void> => {
    const fault = model.faults.at(now() / 1_000)?.kind;
    return ssh.setCondition(options.condition ?? (fault && CONDITIONS[fault]) ?? 'normal');
  };
  await update();
  return { host: ssh.host, port: ssh.port, hostKey: ssh.hostKey, update, stop: () => ssh.stop() };
}
