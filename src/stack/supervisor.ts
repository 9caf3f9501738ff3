import { endsWithParent } from '../core/ends-with-parent.js';
import { PipefleetError } from '../core/errors.js';
import { startChild, type Child, type ChildSpec } from './child.js';
import { childFailure, waitUntilReady } from './readiness.js';

/** A program that answers HTTP. */
export interface Service {
  readonly spec: ChildSpec;
  /** Answers 2xx once the service can be used. */
  readonly readyUrl: string;
}

/** Runs services together: all of them, or none. */
export interface Supervisor {
  /**
   * Starts a service and waits until it is ready.
   *
   * @throws {PipefleetError} when it ends before, with its last words, or when everything has been stopped
   */
  start(service: Service): Promise<void>;
  /** Resolves when a service that was ready ends although nobody stopped it. */
  readonly failed: Promise<PipefleetError>;
  /** Ends all of them: at first they are asked, after a bound they are ended. No other can be started afterwards. */
  stop(): Promise<void>;
}

const GRACE_MS = 10_000;

/** @param graceMs how long a service may take to end once it is asked */
export function createSupervisor(graceMs = GRACE_MS): Supervisor {
  const children: Child[] = [];
  let stopping = false;
  let fail: (failure: PipefleetError) => void = () => undefined;
  const failed = new Promise<PipefleetError>((resolve) => (fail = resolve));

  return {
    failed,
    async start({ spec, readyUrl }) {
      const withUs = await endsWithParent();
      if (stopping)
        throw new PipefleetError('internal', `${spec.name} was not started: everything is being stopped.`);
      const child = startChild(spec, withUs);
      children.push(child);
      await waitUntilReady(child, readyUrl);
      void child.ended.then((how) => {
        if (!stopping) fail(childFailure(child, how));
      });
    },
    async stop() {
      stopping = true;
      await Promise.all(children.map((child) => child.stop(graceMs)));
    },
  };
}
