import type { Batch } from '../collectors/batch.js';
import type { Purpose } from '../core/purpose.js';

/** What a gate is made of, beside its verbs. The same parts make the same text, byte for byte. */
export interface GateParts {
  /** Of the pipefleet that makes it. */
  readonly version: string;
  /** What each module of the configuration runs, by its name, in the order of the configuration. */
  readonly modules: ReadonlyMap<string, Pick<Batch, 'body'>>;
  /** Folders in which the gate looks for programs; undefined for those of every system. */
  readonly path?: string | undefined;
}

/** What one word of a request must be. A word that is something else is refused, and nothing of it is ever evaluated. */
export type Argument = {
  /** How tables and messages call it. */
  readonly name: string;
  /** Why another word is refused, as the end of `refused: …`; without `'`. */
  readonly otherwise: string;
} & (
  | {
      /** The only words that are taken, each of letters, digits, `.`, `_`, `@` and `-`. */
      readonly words: (parts: GateParts) => readonly string[];
    }
  | {
      /** The characters that it may have, as the inside of a bracket expression of the shell. */
      readonly characters: string;
      /** How many of them, at the least and at the most; the least is 1 or the same. */
      readonly length: readonly [least: number, most: number];
    }
);

/**
 * One thing that a gate does when it is asked: data and shell text. To add one: write `verbs/NAME.ts`, one line in
 * `registry.ts`, and a row in docs/gate.md.
 */
export interface Verb {
  /** The word after `pipefleet-gate`; equals the file name. */
  readonly name: string;
  /** Keys of which purposes may ask for it. */
  readonly purposes: readonly Purpose[];
  /** One sentence for the head of the gate and docs/gate.md. */
  readonly summary: string;
  /** The words after it, in order; a request has exactly so many. */
  readonly args: readonly Argument[];
  /**
   * POSIX sh that begins with a line that tells whether `$verb` is this one, and ends the gate if so. Its words are `$1`, `$2`, …,
   * each of the form that `args` demand; `refuse 'WHY'` refuses. It reads no standard input, and evaluates no word.
   *
   * @param verbs all that the gate has
   */
  readonly script: (parts: GateParts, verbs: readonly Verb[]) => string;
  /** Commands that the service account must be allowed to run as root for it, where the node has these units. */
  readonly sudo?: (units: readonly string[]) => readonly string[];
}
