import { describe, expect, test } from '@jest/globals';
import { type FaultKind, takeTurns } from './faults.js';

const NOW = 1_764_000_000;
const FLEET = 12;
const fleet = Array.from({ length: FLEET }, (_, position) => takeTurns(position, FLEET, 20));

/** Kinds of the faults that are there at a moment, anywhere in the fleet. */
function faultsAt(seconds: number): FaultKind[] {
  return fleet.flatMap((schedule) => schedule.at(seconds)?.kind ?? []);
}

describe('faults of a fleet of 12', () => {
  test('something is always wrong somewhere, and most of the fleet is always well', () => {
    let sick = 0;
    let moments = 0;
    for (let seconds = NOW; seconds < NOW + 86_400; seconds += 10) {
      const count = faultsAt(seconds).length;
      expect(count).toBeGreaterThanOrEqual(1);
      expect(count).toBeLessThanOrEqual(FLEET / 2);
      sick += count;
      moments++;
    }
    expect(sick / moments).toBeLessThan(FLEET / 4);
  });

  test('the fleet as a whole never goes down: at most two nodes cannot be probed at once', () => {
    const unprobed: readonly FaultKind[] = [
      'unreachable',
      'reboot',
      'auth_refused',
      'host_key_changed',
      'hang',
    ];
    for (let seconds = NOW; seconds < NOW + 86_400; seconds += 10) {
      expect(faultsAt(seconds).filter((kind) => unprobed.includes(kind)).length).toBeLessThanOrEqual(2);
    }
  });

  test('an hour shows many kinds, a day shows all', () => {
    const during = (span: number): Set<FaultKind> => {
      const kinds = new Set<FaultKind>();
      for (let seconds = NOW; seconds < NOW + span; seconds += 30)
        for (const kind of faultsAt(seconds)) kinds.add(kind);
      return kinds;
    };
    expect(during(3_600).size).toBeGreaterThanOrEqual(6);
    expect([...during(86_400)].sort()).toEqual([
      'auth_refused',
      'disk_full',
      'hang',
      'high_load',
      'host_key_changed',
      'port_drift',
      'reboot',
      'restart_loop',
      'software_stopped',
      'unreachable',
      'unregistered',
    ]);
  });

  test('each lasts long enough for an alert that waits two minutes, and ends', () => {
    for (const schedule of fleet) {
      for (let seconds = NOW; seconds < NOW + 86_400; seconds += 300) {
        const fault = schedule.at(seconds);
        if (fault === undefined) continue;
        expect(fault.until - fault.from).toBeGreaterThanOrEqual(200);
        expect(fault.until - fault.from).toBeLessThanOrEqual(1_500);
        expect(schedule.at(fault.until)).toBeUndefined();
      }
    }
  });

  test('a changed host key is rare', () => {
    const changed = fleet.flatMap((schedule) => schedule.during(['host_key_changed'], NOW, NOW + 86_400));
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThanOrEqual(FLEET + 2);
  });

  test('a large fleet is well for the most part', () => {
    const sick = Array.from({ length: 1_000 }, (_, position) => takeTurns(position, 1_000, 1).at(NOW)).filter(
      Boolean,
    );
    expect(sick.length).toBeGreaterThan(10);
    expect(sick.length).toBeLessThan(100);
  });
});

describe('schedule', () => {
  const [schedule] = fleet;

  test('what is over is found again, cut to the span that is asked for', () => {
    const past = schedule?.lastBefore('high_load', NOW);
    expect(past?.until).toBeLessThanOrEqual(NOW);
    const middle = ((past?.from ?? 0) + (past?.until ?? 0)) / 2;
    expect(schedule?.at(middle)).toEqual(past);
    expect(schedule?.during(['high_load'], middle, NOW)[0]).toEqual({ ...past, from: middle });
  });

  test('while a fault lasts, the last one of its kind is the one before it', () => {
    const [reboot, next] = schedule?.during(['reboot'], NOW, NOW + 3 * 86_400) ?? [];
    expect(schedule?.lastBefore('reboot', (next?.from ?? 0) + 1)).toEqual(reboot);
  });
});
