import type { Proof } from '../cli/set-up-report.js';
import { COLLECTORS } from '../collectors/registry.js';
import type { Config } from '../config/config.js';
import { startDeadline } from '../core/deadline.js';
import type { ExecResult } from '../core/exec.js';
import { createLogger } from '../core/logger.js';
import { gatesOf } from '../gate/gates-of.js';
import { HELLO_REQUEST, parseHello } from '../gate/protocol.js';
import type { Node } from '../inventory/node.js';
import { credentialsFor } from '../ops/nodes/desired-for.js';
import { Prober } from '../scrape/prober.js';
import { Pool } from '../ssh/pool.js';

const PROBE_SECONDS = 20;

/** Tries on a node what its key is for, and what it must not be able to do. */
export type Prove = (node: Node) => Promise<Proof>;

/** Gives a way to prove keys, over connections of its own that are closed in the end. */
export async function withProver<T>(config: Config, use: (prove: Prove) => Promise<T>): Promise<T> {
  const logger = createLogger('silent');
  const pool = new Pool({ limits: config.limits, logger });
  const gates = gatesOf(config);
  const prober = new Prober({
    collectors: COLLECTORS,
    execFor: (node) => pool.execFor(node),
    limits: config.limits,
    logger,
    gateDigest: (node) => gates(node).digest,
  });
  const prove: Prove = async (node) => {
    const works = node.credential.purpose === 'monitor' ? await reads(node) : await greets(node);
    if (!works.ok) return { ...works, attempts: [] };
    const closed = await closedOf(node);
    if (closed !== undefined) return { ...works, ok: false, message: closed, attempts: [] };
    const attempts = (await pool.tryRestrictions(node)) ?? [];
    const allowed = attempts.filter(({ result }) => result === 'allowed').map(({ what }) => what);
    if (allowed.length === 0) return { ...works, attempts };
    const message = `The key can do more than it should: ${allowed.join(', ')}; see the line of authorized_keys, and sshd's settings for this account.`;
    return { ...works, ok: false, message, attempts };
  };

  /** Why a key of another purpose finds no gate. One that this machine cannot use is somebody else's to prove. */
  async function closedOf(node: Node): Promise<string | undefined> {
    if (node.credential.purpose !== 'monitor') return undefined;
    for (const credential of credentialsFor(node, config)) {
      if (credential.purpose === 'monitor') continue;
      const { reason, message, stdout } = await sayHello(pool, { ...node, credential });
      if (reason === 'credential' || parseHello(stdout)?.purpose === credential.purpose) continue;
      return `The key of credential ${credential.name} does not work: ${message || 'no gate answered it'}`;
    }
    return undefined;
  }

  async function reads(node: Node): Promise<Omit<Proof, 'attempts'>> {
    const module = config.modules.get('node');
    if (module === undefined) return greets(node);
    const outcome = await prober.probe(node, module, { timeoutSeconds: PROBE_SECONDS });
    const samples = outcome.collectors.reduce((sum, collector) => sum + collector.samples.length, 0);
    const gate = outcome.gate?.version;
    if (!outcome.success) return { ok: false, message: outcome.message, series: undefined, gate };
    const message =
      gate === undefined
        ? 'The key reads what it should, but no gate stands before it: it can run any command.'
        : '';
    return { ok: gate !== undefined, message, series: samples, gate };
  }

  async function greets(node: Node): Promise<Omit<Proof, 'attempts'>> {
    const result = await sayHello(pool, node);
    const gate = parseHello(result.stdout)?.version;
    const ok = gate !== undefined;
    const message = result.message || (ok ? '' : 'No gate answered the key.');
    return { ok, message, series: undefined, gate };
  }

  try {
    return await use(prove);
  } finally {
    pool.close();
  }
}

/** Whether a node still lets a credential in; undefined when the node gave no answer. */
export async function letsIn(node: Node, config: Config): Promise<boolean | undefined> {
  const pool = new Pool({ limits: config.limits, logger: createLogger('silent') });
  try {
    const { reason } = await sayHello(pool, node);
    return reason === 'none' ? true : reason === 'auth' ? false : undefined;
  } finally {
    pool.close();
  }
}

async function sayHello(pool: Pool, node: Node): Promise<ExecResult> {
  const deadline = startDeadline(PROBE_SECONDS);
  try {
    return await pool.execFor(node).exec(HELLO_REQUEST, { signal: deadline.signal, maxOutputBytes: 65_536 });
  } finally {
    deadline.clear();
  }
}
