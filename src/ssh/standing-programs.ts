import type { Standing } from '../core/exec.js';
import type { SessionHost } from './session.js';
import { StandingProgram } from './standing-program.js';

/** A program that was not asked for so long is closed, and one that is not asked as often is not started, in milliseconds. */
const KEEP_MS = 90_000;

/**
 * The program that stays on a connection, at most one. It is started when the same command has come twice within a while, beside the
 * commands, so that nothing waits for it; while it is busy, starting or gone, commands run by themselves.
 */
export class StandingPrograms {
  readonly #host: SessionHost;
  #current: { readonly program: string; readonly instance: StandingProgram } | undefined;
  /** Programs that the node does not have. */
  readonly #refused = new Set<string>();
  #lastAsked: { readonly program: string; readonly at: number } | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(host: SessionHost) {
    this.#host = host;
  }

  /** The program that may be asked at once. */
  ready({ program }: Standing): StandingProgram | undefined {
    if (this.#current?.program !== program || !this.#current.instance.idle) return undefined;
    this.#keep(this.#current.instance);
    return this.#current.instance;
  }

  /** Tells of a command that ran by itself, and well, though a program could have answered it. */
  ranAlone({ program }: Standing): void {
    const now = performance.now();
    const last = this.#lastAsked;
    this.#lastAsked = { program, at: now };
    const comesOften = last?.program === program && now - last.at <= KEEP_MS;
    if (comesOften && this.#current === undefined && !this.#refused.has(program)) this.#start(program);
  }

  #start(program: string): void {
    try {
      const instance = new StandingProgram(this.#host, program, (answers) => {
        this.#current = undefined;
        clearTimeout(this.#idle);
        if (answers === 0) this.#refused.add(program);
      });
      this.#current = { program, instance };
      this.#keep(instance);
    } catch {
      // The connection has broken, which it will say itself.
    }
  }

  #keep(instance: StandingProgram): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (instance.idle) instance.close();
      else this.#keep(instance);
    }, KEEP_MS).unref();
  }
}
