import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MODULES } from '../collectors/collector.js';
import { COLLECTORS } from '../collectors/registry.js';
import { chosenCollectors } from '../config/modules.js';
import { createLogger } from '../core/logger.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import type { Module, Node } from '../inventory/node.js';
import type { ProbeOutcome } from '../scrape/outcome.js';
import { Prober } from '../scrape/prober.js';
import { Pool } from '../ssh/pool.js';
import { startCountingProxy } from '../ssh/testing/counting-proxy.js';
import { makeNode } from '../ssh/testing/make-node.js';
import { startSshd, type Sshd } from '../ssh/testing/sshd.js';
import { createGates } from './gates.js';

const modules = MODULES.map((name): Module => {
  const collectors = chosenCollectors(name, {}, COLLECTORS);
  return { name, collectors, timeoutSeconds: 30, intervalSeconds: undefined, shareSeconds: 0 };
});
const gates = createGates({ version: '1.2.3', collectors: COLLECTORS, modules });
const { text, digest } = gates({ software: DEFAULT_SOFTWARE });

let folder = '';
let gated: Sshd;
let open: Sshd;
let prober: Prober;
let pool: Pool;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-gate-'));
  writeFileSync(join(folder, 'gate'), text, { mode: 0o755 });
  gated = await startSshd({ keyOptions: `restrict,command="${folder}/gate monitor"` });
  open = await startSshd();
  const logger = createLogger('silent');
  pool = new Pool({
    limits: {
      concurrentLogins: 8,
      dialTimeoutSeconds: 120,
      keepaliveSeconds: 60,
      idleSeconds: 600,
      connectionAgeSeconds: 3600,
    },
    logger,
  });
  prober = new Prober({
    collectors: COLLECTORS,
    execFor: (node) => pool.execFor(node),
    gateDigest: (node) => gates(node).digest,
    limits: { concurrentProbes: 4, outputBytes: 8_388_608 },
    logger,
  });
});
afterAll(async () => {
  pool.close();
  await gated.dispose();
  await open.dispose();
  rmSync(folder, { recursive: true });
});

const probe = (node: Node, module: Module): Promise<ProbeOutcome> =>
  prober.probe(node, module, { timeoutSeconds: 30 });

/** Every series of an outcome, by collector. */
function seriesOf({ collectors }: ProbeOutcome): string[] {
  return collectors.flatMap(({ collector, success, samples }) => [
    `${collector} ${success}`,
    ...samples.map(({ metric, labels }) => `${collector} ${metric} ${JSON.stringify(labels ?? {})}`),
  ]);
}

/** What only a gate says: of itself. */
const OWN = /^gate pipefleet_gate_/;

describe('a probe through a gate', () => {
  test.each(modules)('gives the series that a shell gives: $name', async (module) => {
    const [through, direct] = [
      await probe(makeNode({ ...gated, host: gated.address }), module),
      await probe(makeNode({ ...open, host: open.address }), module),
    ];
    expect(through).toMatchObject({ success: true, gate: { version: '1.2.3', current: true } });
    expect(direct).toMatchObject({ success: true, gate: undefined });
    expect(direct.exchange.command.length).toBeGreaterThan(10 * through.exchange.command.length);
    const series = seriesOf(through);
    expect(series.filter((one) => !OWN.test(one))).toEqual(seriesOf(direct));
    expect(series.length).toBeGreaterThan(10);
  });

  test('says which gate it is, and whether it is the one that should be there', async () => {
    const [, inventory] = modules;
    if (inventory === undefined) throw new Error('There is no module inventory.');
    const node = makeNode({ ...gated, host: gated.address });
    const gate = async (parts: Partial<Node> = {}) =>
      (await probe({ ...node, ...parts }, inventory)).collectors.find(({ collector }) => collector === 'gate')
        ?.samples;
    expect(await gate()).toEqual([
      { metric: 'pipefleet_gate_info', labels: { version: '1.2.3', digest }, value: 1 },
      { metric: 'pipefleet_gate_current', value: 1 },
    ]);
    const other = { ...DEFAULT_SOFTWARE, httpPort: 8080 };
    expect((await gate({ software: other }))?.[1]).toMatchObject({ value: 0 });
    writeFileSync(join(folder, 'gate'), `${text}# edited\n`);
    expect((await gate())?.[1]).toMatchObject({ value: 0 });
    writeFileSync(join(folder, 'gate'), text);
  });

  test('costs two round trips when it is warm, and one when it comes again and again', async () => {
    const proxy = await startCountingProxy(gated.address, gated.port);
    const knownHosts = join(folder, 'known_hosts');
    writeFileSync(
      knownHosts,
      `[127.0.0.1]:${proxy.port} ${readFileSync(`${gated.hostKeyFile}.pub`, 'utf8')}`,
    );
    const node = makeNode({ ...gated, host: '127.0.0.1', port: proxy.port, knownHosts });
    const small = { ...(modules[0] as Module), name: 'node' };
    await probe(node, small);
    await sleep(200);
    proxy.turns();
    expect(await probe(node, small)).toMatchObject({ success: true, connectionReused: true });
    expect(proxy.turns()).toBe(2);
    // The gate that stands on the connection is started beside the probes.
    const again = async (): Promise<number> => {
      await sleep(100);
      proxy.turns();
      expect(await probe(node, small)).toMatchObject({ success: true, gate: { current: true } });
      return proxy.turns();
    };
    let turns = await again();
    for (let attempt = 0; attempt < 20 && turns !== 1; attempt++) turns = await again();
    await proxy.stop();
    expect(turns).toBe(1);
  });
});
