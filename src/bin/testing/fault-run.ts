import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { FailureReason } from '../../core/failure.js';
import type { ExporterProcess } from './exporter-process.js';
import type { Fault } from './fault-table.js';
import { seriesValue } from './series-value.js';

/** Nodes without a fault, which are probed together with the others. */
export const HEALTHY = ['fra-1', 'fra-2'] as const;

/** The timeout of a scrape, in seconds: one that is to be reached, and one that no machine is too slow for. */
const REACHED_SECONDS = 4;
const UNREACHED_SECONDS = 120;

/** Probes of faulty nodes and of healthy ones. */
export interface FaultRun {
  /** Probes a node: the reason, `none` when it succeeded. */
  readonly reasonOf: (node: string, scrapeSeconds?: number) => Promise<FailureReason>;
  /** Probes faulty nodes and healthy ones together, and expects the reasons. */
  readonly expectReasons: (faults: readonly Fault[]) => Promise<void>;
  /** Waits until each node whose fault has ended is seen again, as its fault says. */
  readonly expectRecovery: (faults: readonly Fault[]) => Promise<void>;
  /** The exporter lives, without a stack trace in its log or an error that nobody took care of. */
  readonly expectUnharmed: () => Promise<void>;
}

/** @param exporter asked for when something is probed */
export function faultRun(exporter: () => ExporterProcess): FaultRun {
  async function reasonOf(node: string, scrapeSeconds = UNREACHED_SECONDS): Promise<FailureReason> {
    const response = await fetch(`${exporter().url}/probe?target=${node}&module=node`, {
      headers: { 'X-Prometheus-Scrape-Timeout-Seconds': String(scrapeSeconds) },
    });
    const text = await response.text();
    expect([node, response.status]).toEqual([node, 200]);
    const reason =
      /^probe_failure_reason\{reason="(?<reason>\w+)"\} 1$/m.exec(text)?.groups?.['reason'] ?? '';
    expect([node, /^probe_success 1$/m.test(text)]).toEqual([node, reason === 'none']);
    return reason as FailureReason;
  }

  return {
    reasonOf,
    expectUnharmed: async () => {
      expect(exporter().child.exitCode).toBeNull();
      expect(exporter().log()).not.toMatch(/^\s+at /m);
      const metrics = await (await fetch(`${exporter().url}/metrics`)).text();
      expect(seriesValue(metrics, 'pipefleet_unhandled_errors_total')).toBe(0);
    },
    expectReasons: async (faults) => {
      const failing = Promise.all(
        faults.map(async ({ name, reason }) => {
          const seconds = reason.endsWith('_timeout') ? REACHED_SECONDS : UNREACHED_SECONDS;
          return [name, await reasonOf(name, seconds)] as const;
        }),
      );
      for (const node of HEALTHY) expect([node, await reasonOf(node)]).toEqual([node, 'none']);
      const seen = new Map(await failing);
      // What a busy machine sees a moment later, it may see otherwise.
      const expected = faults.map(({ name, reason, or }) => [name, or === seen.get(name) ? or : reason]);
      expect([...seen]).toEqual(expected);
    },
    expectRecovery: async (faults) => {
      if (faults.some(({ recovery }) => recovery === 'reload')) {
        const { status } = await fetch(`${exporter().url}/-/reload`, { method: 'POST' });
        expect(status).toBe(200);
      }
      await Promise.all(
        faults.map(async ({ name, recovery }) => {
          const since = performance.now();
          let reason = await reasonOf(name);
          if (recovery === 'next probe') expect([name, reason]).toEqual([name, 'none']);
          for (; reason !== 'none'; reason = await reasonOf(name)) await sleep(200);
          const seconds = ((performance.now() - since) / 1000).toFixed(1);
          if (process.env['FAULT_TIMES'] !== undefined) process.stderr.write(`${name} ${seconds} s\n`);
        }),
      );
    },
  };
}
