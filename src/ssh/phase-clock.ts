import { EXEC_PHASES, type ExecPhase, type ExecPhases } from '../core/exec.js';

/** Tells how long each phase took and which one is on. One for a dial, one for a session. */
export class PhaseClock {
  #current: ExecPhase;
  #since = performance.now();
  #running = true;
  readonly #seconds = new Map<ExecPhase, number>();
  #jump: string | undefined;

  constructor(first: ExecPhase) {
    this.#current = first;
  }

  get current(): ExecPhase {
    return this.#current;
  }

  /** Name of the jump host that is waited for in the current phase, when it is not the node itself. */
  get jump(): string | undefined {
    return this.#jump;
  }

  /** Ends the phase that is on and begins another. */
  enter(phase: ExecPhase, jump?: string): void {
    this.stop();
    this.#current = phase;
    this.#jump = jump;
    this.#running = true;
  }

  /** Ends the phase that is on; nothing is timed until the next {@link enter}. */
  stop(): void {
    const now = performance.now();
    if (this.#running) {
      this.#seconds.set(this.#current, (this.#seconds.get(this.#current) ?? 0) + (now - this.#since) / 1000);
    }
    this.#since = now;
    this.#running = false;
  }

  /** Seconds by phase so far. */
  read(): Partial<Record<ExecPhase, number>> {
    const seconds = Object.fromEntries(this.#seconds) as Partial<Record<ExecPhase, number>>;
    if (this.#running) {
      seconds[this.#current] = (seconds[this.#current] ?? 0) + (performance.now() - this.#since) / 1000;
    }
    return seconds;
  }
}

/** The sum of several readings, with every phase present. */
export function sumPhases(...readings: readonly Partial<Record<ExecPhase, number>>[]): ExecPhases {
  const total = (phase: ExecPhase): number =>
    readings.reduce((sum, reading) => sum + (reading[phase] ?? 0), 0);
  return Object.fromEntries(EXEC_PHASES.map((phase) => [phase, total(phase)])) as ExecPhases;
}

/** What was spent after an earlier reading. */
export function subtractPhases(
  later: Partial<Record<ExecPhase, number>>,
  earlier: Partial<Record<ExecPhase, number>>,
): Partial<Record<ExecPhase, number>> {
  const entries = EXEC_PHASES.map((phase) => [phase, (later[phase] ?? 0) - (earlier[phase] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, seconds]) => seconds > 0));
}
