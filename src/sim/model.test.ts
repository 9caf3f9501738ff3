import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type FaultKind, NO_FAULTS, takeTurns } from './faults.js';
import { createModel } from './model.js';
import type { NodeState } from './node-state.js';
import { profileOf } from './profile.js';

const NOW = 1_764_000_000;
const DAY = 86_400;
const IDENTITY = { name: 'fra-1', city: 'Frankfurt, DE', longitude: 8.68 };
const faults = takeTurns(3, 12, 7);
const model = createModel(profileOf(IDENTITY, 7), faults);

const moment = fc.double({ min: NOW, max: NOW + 3 * DAY, noNaN: true });

/** A state in the middle of the first fault of that kind. */
function during(kind: FaultKind): NodeState {
  const [fault] = faults.during([kind], NOW, NOW + 2 * DAY);
  if (fault === undefined) throw new Error(`There is no ${kind} within two days.`);
  return model.stateAt((fault.from + fault.until) / 2);
}

/** What counts since boot. */
function hostCounters(state: NodeState): number[] {
  return [
    ...state.cpu.flatMap((core) => Object.values(core) as number[]),
    ...[state.contextSwitches, state.interrupts, state.forks],
    ...[state.disk.readBytes, state.disk.writtenBytes, state.disk.busySeconds],
    ...[state.network.receivedBytes, state.network.sentBytes, state.network.requests],
    ...[state.pressure.cpu, state.pressure.io, state.pressure.memory].map((seconds) => seconds * 1e6),
    state.software.restarts,
  ];
}

describe('model', () => {
  test('is a pure function of seed and time', () => {
    const again = createModel(profileOf(IDENTITY, 7), takeTurns(3, 12, 7));
    const before = again.stateAt(NOW);
    again.stateAt(NOW + 5_000);
    expect(again.stateAt(NOW)).toEqual(before);
    expect(model.stateAt(NOW)).toEqual(before);
    const other = createModel(profileOf(IDENTITY, 8), takeTurns(3, 12, 8));
    expect(other.stateAt(NOW)).not.toEqual(before);
  });

  test('counters never fall while the host runs', () => {
    fc.assert(
      fc.property(moment, fc.double({ min: 0.001, max: 3_600, noNaN: true }), (at, step) => {
        const before = model.stateAt(at);
        const after = model.stateAt(at + step);
        expect(after.bootSeconds).toBeGreaterThanOrEqual(before.bootSeconds);
        if (after.bootSeconds !== before.bootSeconds) return;
        const earlier = hostCounters(before);
        for (const [index, value] of hostCounters(after).entries()) {
          expect(Math.floor(value)).toBeGreaterThanOrEqual(Math.floor(earlier[index] ?? 0));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('hits and misses never fall while the software runs', () => {
    fc.assert(
      fc.property(moment, fc.double({ min: 0.001, max: 900, noNaN: true }), (at, step) => {
        const before = model.stateAt(at).software;
        const after = model.stateAt(at + step).software;
        if (after.startSeconds === undefined || after.startSeconds !== before.startSeconds) return;
        expect(Math.floor(after.hits)).toBeGreaterThanOrEqual(Math.floor(before.hits));
        expect(Math.floor(after.misses)).toBeGreaterThanOrEqual(Math.floor(before.misses));
      }),
      { numRuns: 2_000 },
    );
  });

  test('counters stand still to the last digit while no traffic comes', () => {
    const [gap] = faults.during(['unreachable'], NOW, NOW + DAY);
    const from = gap?.from ?? NOW;
    const { busySeconds } = model.stateAt(from + 1).disk;
    for (let second = 2; second < 200; second++)
      expect(model.stateAt(from + second).disk.busySeconds).toBe(busySeconds);
  });

  test('a machine never has more than it has', () => {
    fc.assert(
      fc.property(fc.nat(500), moment, (seed, at) => {
        const { cpu, memory, disk, load, software, seconds, bootSeconds } = createModel(
          profileOf(IDENTITY, seed),
          takeTurns(seed % 12, 12, seed),
        ).stateAt(at);
        const uptime = seconds - bootSeconds;
        expect(uptime).toBeGreaterThanOrEqual(0);
        for (const core of cpu) {
          expect(Object.values(core).every((value) => value >= 0)).toBe(true);
          expect(core.idle).toBeLessThanOrEqual(uptime);
        }
        for (const share of [memory.free, memory.available, memory.cached, memory.buffers]) {
          expect(share).toBeGreaterThan(0);
          expect(share).toBeLessThan(memory.total);
        }
        expect(memory.free + memory.cached + memory.buffers).toBeLessThan(memory.total);
        expect(disk.usedBytes).toBeLessThan(disk.sizeBytes);
        expect(disk.usedInodes).toBeLessThan(disk.inodes);
        for (const average of load) expect(average).toBeGreaterThan(0);
        expect(software.startSeconds ?? 0).toBeLessThanOrEqual(seconds);
      }),
    );
  });

  test('the request window begins anew every 30 to 45 seconds', () => {
    const calm = createModel(profileOf(IDENTITY, 7), NO_FAULTS);
    const resets: number[] = [];
    let last = Infinity;
    for (let second = 0; second < 600; second++) {
      const { hits } = calm.stateAt(NOW + second).software.window;
      if (hits < last) resets.push(second);
      last = hits;
    }
    const gaps = resets.slice(2).map((second, index) => second - (resets[index + 1] ?? 0));
    expect(gaps.length).toBeGreaterThan(10);
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(29);
      expect(gap).toBeLessThanOrEqual(46);
    }
  });

  test('load follows traffic', () => {
    const calm = createModel(profileOf(IDENTITY, 7), NO_FAULTS);
    const midnight = Math.ceil(NOW / DAY) * DAY;
    const evening = calm.stateAt(midnight + 20 * 3_600);
    const night = calm.stateAt(midnight + 7 * 3_600);
    expect(evening.load[2]).toBeGreaterThan(night.load[2]);
  });
});

describe('faults of the model', () => {
  test('software_stopped: the unit has failed and no process is there', () => {
    expect(during('software_stopped').software).toMatchObject({ unit: 'failed', startSeconds: undefined });
  });

  test('software_stopped: it is known when the last process began and ended', () => {
    const [fault] = faults.during(['software_stopped'], NOW, NOW + 2 * DAY);
    const from = fault?.from ?? NOW;
    const { startSeconds = NaN } = model.stateAt(from - 1).software;
    expect(model.stateAt(from + 60).software).toMatchObject({
      lastStartSeconds: startSeconds,
      endSeconds: from,
    });
    expect(model.stateAt(from - 1).software.endSeconds).toBeUndefined();
  });

  test('restart_loop: restarts count up, and every process is young', () => {
    const [loop] = faults.during(['restart_loop'], NOW, NOW + 2 * DAY);
    const from = loop?.from ?? NOW;
    const restarts = (seconds: number): number => model.stateAt(from + seconds).software.restarts;
    expect(restarts(100)).toBeGreaterThan(restarts(0));
    expect(restarts(239)).toBeGreaterThan(restarts(100));
    const units = new Set(
      Array.from({ length: 60 }, (_, second) => model.stateAt(from + second).software.unit),
    );
    expect([...units].sort()).toEqual(['active', 'auto-restart']);
  });

  test('unregistered, port_drift: the software started again and says so', () => {
    expect(during('unregistered').software.registered).toBe(false);
    expect(during('port_drift').software.port).toBe(444);
    expect(during('high_load').software).toMatchObject({ registered: true, port: 443 });
  });

  test('disk_full and high_load: past every usual threshold', () => {
    const { disk } = during('disk_full');
    expect(disk.usedBytes / disk.sizeBytes).toBeGreaterThan(0.95);
    const { load, cpu } = during('high_load');
    expect(load[0] / cpu.length).toBeGreaterThan(2);
  });

  test('reboot: afterwards everything counts from zero', () => {
    const [reboot] = faults.during(['reboot'], NOW, NOW + 3 * DAY);
    const state = model.stateAt((reboot?.until ?? 0) + 60);
    expect(state.bootSeconds).toBe(reboot?.until);
    expect(state.software.restarts).toBe(0);
    expect(state.cpu[0]?.idle).toBeLessThan(61);
  });
});
