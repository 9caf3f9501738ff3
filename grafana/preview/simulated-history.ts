import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { buildBatch } from '../../src/collectors/batch.js';
import type { Collector } from '../../src/collectors/collector.js';
import { COLLECTORS } from '../../src/collectors/registry.js';
import { DEFAULT_SOFTWARE } from '../../src/core/software.js';
import type { Exec, ExecPhases, ExecResult } from '../../src/core/exec.js';
import { createLogger } from '../../src/core/logger.js';
import { sketchNode } from '../../src/inventory/testing/sketches.js';
import { renderProbe } from '../../src/metrics/probe-exposition.js';
import { LargeAnswers } from '../../src/scrape/large-answers.js';
import { probeNode } from '../../src/scrape/probe-node.js';
import { answerBatch } from '../../src/sim/batch-answer.js';
import { createRequestReader } from '../../src/sim/batch-request.js';
import { blemishAt } from '../../src/sim/blemishes.js';
import { DEMO_SITES } from '../../src/sim/demo-sites.js';
import type { Fault, FaultKind, FaultSchedule } from '../../src/sim/faults.js';
import { createModel, type NodeModel } from '../../src/sim/model.js';
import { contentsOf } from '../../src/sim/node-contents.js';
import { profileOf } from '../../src/sim/profile.js';

/** The past of the demo fleet, as Prometheus would have it if it had scraped it all along. */
export interface HistoryOptions {
  /** Unix time in seconds of the last scrape. */
  readonly end: number;
  readonly hours: number;
  readonly stepSeconds: number;
  /** Names of the metrics that are kept. */
  readonly wanted: ReadonlySet<string>;
}

const SEED = 20;
const HOUR = 3600;
const MODULES = ['node', 'inventory', 'audit'] as const;

/** What befalls whom, in hours before the end: few things, as on a common day. */
const FAULTS: Readonly<Record<string, readonly (readonly [kind: FaultKind, from: number, until: number])[]>> =
  {
    'sgp-1': [
      ['unreachable', 19, 18.2],
      ['unreachable', 0.4, -1],
    ],
    'tyo-1': [['software_stopped', 5, 4.1]],
    'bom-1': [
      ['restart_loop', 9, 8.7],
      ['high_load', 2.2, -1],
    ],
    'gru-1': [['unregistered', 12, 10.5]],
    'chi-1': [['reboot', 6.4, 6.3]],
  };

const NO_TIME: ExecPhases = {
  queue: 0,
  resolve: 0,
  connect: 0,
  handshake: 0,
  auth: 0,
  channel: 0,
  command: 0,
};

/** Writes the history in the OpenMetrics text format, through the same code as a probe of a real node. */
export async function writeHistory(path: string, options: HistoryOptions): Promise<void> {
  const out = createWriteStream(path);
  const { end, hours, stepSeconds } = options;
  for (const [
    position,
    { code, city, longitude, latitude, region, provider, group },
  ] of DEMO_SITES.entries()) {
    const name = `${code}-1`;
    const profile = profileOf({ name, city, longitude, blemish: blemishAt(position) }, SEED);
    const model = createModel(profile, faultsOf(name, end));
    const labels = { group, instance: name, provider, region, simulated: 'true' };
    const node = sketchNode({ name, labels, location: { latitude, longitude } });
    for (let at = end - hours * HOUR; at <= end; at += stepSeconds) {
      for (const module of MODULES) {
        const text = await scrape(model, node, module, at);
        if (!out.write(stamped(text, { job: `pipe-${module}`, ...labels }, at, options.wanted)))
          await once(out, 'drain');
      }
    }
  }
  out.end('# EOF\n');
  await once(out, 'finish');
}

const readRequest = createRequestReader();
const batches = new Map(
  MODULES.map((module) => {
    const collectors: readonly Collector[] = COLLECTORS.filter(
      (one) => one.module === module && one.optIn !== true,
    );
    return [module, { collectors, batch: buildBatch(collectors, DEFAULT_SOFTWARE) }] as const;
  }),
);
const logger = createLogger('silent');

async function scrape(
  model: NodeModel,
  node: ReturnType<typeof sketchNode>,
  module: (typeof MODULES)[number],
  at: number,
): Promise<string> {
  const parts = batches.get(module);
  if (parts === undefined) throw new RangeError(module);
  const outcome = await probeNode({
    ...parts,
    node,
    module,
    exec: execOf(model, at),
    ways: new WeakMap(),
    largeAnswers: new LargeAnswers(),
    signal: new AbortController().signal,
    maxOutputBytes: 4 * 2 ** 20,
    logger,
  });
  return renderProbe(outcome, node.location, parts.collectors);
}

/** The way to a node as it was at that time. */
function execOf(model: NodeModel, at: number): Exec {
  const answer = (result: Partial<ExecResult>): Promise<ExecResult> =>
    Promise.resolve({
      reason: 'none',
      message: '',
      exitCode: 0,
      stdout: '',
      stderr: '',
      connectionReused: true,
      phases: { ...NO_TIME, command: 0.05 },
      retryAfterSeconds: 0,
      ...result,
    });
  return {
    exec: (command) => {
      const kind = model.faults.at(at)?.kind;
      if (kind === 'unreachable' || kind === 'reboot') {
        return answer({ reason: 'connect', message: 'connection refused', exitCode: undefined });
      }
      const request = readRequest(command);
      if (request === undefined) return answer({ exitCode: 127 });
      return answer({ stdout: answerBatch(request, contentsOf(model, model.stateAt(at))) });
    },
  };
}

/** Series with the labels of the target and a time. Comments, which would have to be in order, are left out. */
function stamped(
  exposition: string,
  target: Readonly<Record<string, string>>,
  at: number,
  wanted: ReadonlySet<string>,
): string {
  const labels = Object.entries(target)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
  const lines: string[] = [];
  const add = (name: string, own: string, value: string): void => {
    if (wanted.has(name)) lines.push(`${name}{${own === '' ? '' : `${own},`}${labels}} ${value} ${at}\n`);
  };
  for (const line of exposition.split('\n')) {
    const {
      name,
      own = '',
      value,
    } = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<own>.*)\})? (?<value>\S+)$/.exec(line)?.groups ?? {};
    if (name !== undefined && value !== undefined) add(name, own, value);
  }
  add('up', '', '1');
  return lines.join('');
}

function faultsOf(name: string, end: number): FaultSchedule {
  const faults: readonly Fault[] = (FAULTS[name] ?? []).map(([kind, from, until]) => ({
    kind,
    from: end - from * HOUR,
    until: end - until * HOUR,
  }));
  return {
    at: (seconds) => faults.find(({ from, until }) => seconds >= from && seconds < until),
    during: (kinds, from, to) =>
      faults
        .filter((fault) => kinds.includes(fault.kind) && fault.until > from && fault.from < to)
        .map((fault) => ({ ...fault, from: Math.max(fault.from, from), until: Math.min(fault.until, to) })),
    lastBefore: (kind, seconds) => faults.findLast((fault) => fault.kind === kind && fault.until <= seconds),
  };
}
