import { setImmediate } from 'node:timers/promises';
import pLimit from 'p-limit';
import { unlessAborted } from '../core/deadline.js';

/** Characters past which an answer is large. Most nodes print a few tens of thousands. */
const LARGE_ANSWER = 131_072;

/**
 * Reads large answers one after the other, in steps between which other work of the exporter has its turn. However many nodes print
 * as much as they may, the event loop waits for one step of one answer.
 */
export class LargeAnswers {
  readonly #inTurn = pLimit(1);

  /**
   * Runs the steps of reading an answer, at once unless it is large.
   *
   * @param text the answer
   * @param signal aborted at the deadline of the probe; no further step is run then
   * @returns what the steps gave, in order; fewer than there are steps when the deadline came first
   */
  async read<T>(text: string, steps: readonly (() => T)[], signal: AbortSignal): Promise<T[]> {
    if (text.length <= LARGE_ANSWER) return steps.map((step) => step());
    const results: T[] = [];
    const run = async (): Promise<void> => {
      for (const step of steps) {
        await setImmediate();
        if (signal.aborted) return;
        results.push(step());
      }
    };
    await unlessAborted(this.#inTurn(run), signal);
    return results;
  }
}
