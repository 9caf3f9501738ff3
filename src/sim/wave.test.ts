import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { amountBetween, averageBefore, dailyWave, type Wave } from './wave.js';

const NOW = 1_764_000_000;
const wave = dailyWave('some node', 30, 19, 0.55);

/** The rate at a moment, straight from its definition. */
function rateAt(wave: Wave, seconds: number): number {
  let factor = 1;
  for (const { share, periodSeconds, phase } of wave.swings) {
    factor += share * Math.sin((2 * Math.PI * seconds) / periodSeconds + phase);
  }
  return wave.mean * factor;
}

describe('wave', () => {
  test('the amount is the integral of the rate', () => {
    let sum = 0;
    for (let second = 0; second < 7_200; second++) sum += rateAt(wave, NOW + second + 0.5);
    expect(amountBetween(wave, NOW, NOW + 7_200) / sum).toBeCloseTo(1, 4);
  });

  test('the rate is always positive, and the amount never falls', () => {
    const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(seconds, fc.double({ min: 0, max: 1e5, noNaN: true }), (at, later) => {
        expect(rateAt(wave, NOW + at)).toBeGreaterThan(0);
        const before = amountBetween(wave, NOW, NOW + at);
        expect(amountBetween(wave, NOW, NOW + at + later)).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  test('evening is busier than the night before', () => {
    const midnight = Math.ceil(NOW / 86_400) * 86_400;
    const evening = averageBefore(wave, midnight + 20 * 3_600, 3_600);
    const night = averageBefore(wave, midnight + 8 * 3_600, 3_600);
    expect(evening).toBeGreaterThan(1.5 * night);
  });
});
