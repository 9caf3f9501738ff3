import { between } from './random.js';

/** A rate that swings around a mean for ever: a sum of sines, so that its integral is known without adding anything up. */
export interface Wave {
  /** Mean rate, per second. Positive. */
  readonly mean: number;
  readonly swings: readonly Swing[];
}

export interface Swing {
  /** As a share of the mean. The shares of a wave add up to less than 1, so that the rate is never negative. */
  readonly share: number;
  readonly periodSeconds: number;
  /** In radians. */
  readonly phase: number;
}

const TURN = 2 * Math.PI;

/** What the rate adds up to between two moments; never falls while `to` grows. */
export function amountBetween(wave: Wave, from: number, to: number): number {
  let seconds = to - from;
  for (const { share, periodSeconds, phase } of wave.swings) {
    const turn = TURN / periodSeconds;
    seconds += (share / turn) * (Math.cos(turn * from + phase) - Math.cos(turn * to + phase));
  }
  return Math.max(0, wave.mean * seconds);
}

/** The mean rate over the seconds before a moment. */
export function averageBefore(wave: Wave, seconds: number, span: number): number {
  return amountBetween(wave, seconds - span, seconds) / span;
}

/**
 * Traffic of a day: high in the evening of the place, low before dawn, with unrest of hours, minutes and seconds on top.
 *
 * @param name tells the waves of one node apart
 * @param eveningUtcHours hour of the day, UTC, at which traffic peaks
 * @param depth share of the mean by which the day swings; at most 0.6
 */
export function dailyWave(name: string, mean: number, eveningUtcHours: number, depth: number): Wave {
  const noon = TURN * (0.25 - eveningUtcHours / 24);
  const unrest = (share: number, low: number, high: number): Swing => ({
    share,
    periodSeconds: between(low, high, name, low),
    phase: between(0, TURN, name, high),
  });
  return {
    mean,
    swings: [
      { share: depth, periodSeconds: 86_400, phase: noon },
      unrest(0.1, 9_000, 16_000),
      unrest(0.09, 1_100, 2_300),
      unrest(0.07, 260, 480),
      unrest(0.05, 45, 90),
    ],
  };
}
