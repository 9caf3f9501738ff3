import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Ask } from '../cli/ask.js';
import type { KnownNodes, LearnHostKeys } from '../cli/nodes-setup.js';
import type { NodesRekeyTools } from '../cli/nodes-rekey.js';
import { resultOf } from '../cli/set-up-nodes.js';
import type { NodeResult } from '../cli/set-up-report.js';
import type { Config } from '../config/config.js';
import { codeOf, PipefleetError } from '../core/errors.js';
import { createLogger } from '../core/logger.js';
import { startDeadline } from '../core/deadline.js';
import { readText } from '../core/read-bounded.js';
import { buildInventory } from '../inventory/inventory.js';
import type { Node } from '../inventory/node.js';
import { editKnownHosts, type KnownHostsEdit } from '../ops/host-keys/known-hosts-file.js';
import { vouchFor, type Vouchers } from '../ops/host-keys/vouch.js';
import { type Hop, lastHop } from '../ssh/hop.js';
import { fingerprint } from '../ssh/host-key.js';
import { addHostKey, removeHostKeys, replaceHostKey } from '../ssh/known-hosts-edit.js';
import { judgeHostKey, lookUpHost, parseKnownHosts } from '../ssh/known-hosts.js';
import { Pool } from '../ssh/pool.js';
import { SshFailure } from '../ssh/ssh-failure.js';

/** What the command line says about who vouches for a host key. */
export interface VouchOptions {
  readonly hostKey?: string;
  readonly knownHosts?: string;
  readonly sshfp?: boolean;
}

/** Hosts that are asked for their key at once; the person is asked about one at a time. */
const AT_ONCE = 32;

/**
 * Makes the host keys of new nodes known, for as long as `use` runs; those of nodes that are kept are written into the
 * known_hosts file of the configuration.
 */
export async function withHostKeys<T>(
  options: VouchOptions,
  ask: Ask | undefined,
  use: (learn: LearnHostKeys) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'pipefleet-keys-'));
  const session = join(folder, 'known_hosts');
  await writeFile(session, '', { mode: 0o600 });
  try {
    return await use((nodes, config) => learn(nodes, config, session, options, ask));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function learn(
  nodes: readonly Node[],
  config: Config,
  session: string,
  options: VouchOptions,
  ask: Ask | undefined,
): Promise<KnownNodes> {
  const pool = new Pool({ limits: config.limits, logger: createLogger('silent') });
  const oneByOne = pLimit(1);
  const learned = new Map<string, Buffer>();
  const known: Node[] = [];
  const failed: NodeResult[] = [];
  const look = async (node: Node): Promise<void> => {
    const there = { ...node, knownHosts: [...node.knownHosts, session] };
    const knowledge = await knowledgeOf(node);
    if (knowledge.keys.length > 0) {
      known.push(there);
      return;
    }
    try {
      const key = await present(pool, there, config);
      await oneByOne(() =>
        vouchFor(node, key, `${node.name} (${node.host} port ${node.port})`, vouchersOf(options, ask)),
      );
      await appendFile(session, addHostKey('', node.host, node.port, key));
      learned.set(node.name, key);
      known.push(there);
    } catch (error) {
      if (!(error instanceof PipefleetError) && !(error instanceof SshFailure)) throw error;
      const unreachable = error instanceof SshFailure;
      failed.push({
        ...resultOf(node, unreachable ? 'unreachable' : 'blocked'),
        reason: unreachable ? error.reason : 'host_key',
        message: error.message,
      });
    }
  };
  try {
    await pLimit(AT_ONCE).map(nodes, look);
  } finally {
    pool.close();
  }
  const order = new Map(nodes.map(({ name }, index) => [name, index]));
  const byOrder = (a: { readonly name: string }, b: { readonly name: string }): number =>
    (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0);
  return {
    nodes: known.sort(byOrder),
    failed: failed.sort(byOrder),
    keep: async ({ name, host, port }) => {
      const key = learned.get(name);
      const [file] = config.knownHosts;
      if (key !== undefined && file !== undefined)
        await editKnownHosts([
          { path: file, create: true, edit: (text) => addHostKey(text, host, port, key) },
        ]);
    },
  };
}

/** What `nodes rekey` works with. */
export function rekeyTools(options: VouchOptions, ask: Ask): NodesRekeyTools {
  return {
    look: async ({ kind, name }, config) => {
      const hop = hopOf(kind, name, config);
      const pool = new Pool({ limits: config.limits, logger: createLogger('silent') });
      const key = await present(pool, hop, config)
        .catch((error: unknown) => {
          if (error instanceof SshFailure)
            throw new PipefleetError('operation_failed', error.message, { cause: error });
          throw error;
        })
        .finally(() => pool.close());
      const knowledge = await knowledgeOf(hop);
      const note = `${new Date().toISOString()} by pipefleet nodes rekey ${name}`;
      return {
        known: knowledge.keys.map(fingerprint),
        presented: fingerprint(key),
        verdict: judgeHostKey(knowledge, key),
        vouch: () => vouchFor(hop, key, name, vouchersOf(options, ask)),
        replace: async () => {
          const [first = '', ...others] = hop.knownHosts;
          await editKnownHosts([
            {
              path: first,
              create: true,
              edit: (text) => replaceHostKey(text, hop.host, hop.port, key, note),
            },
            ...others.map((path) => withoutKeys(path, hop)),
          ]);
          return first;
        },
      };
    },
  };
}

/** Fingerprints of the host keys that are known of a node. */
export async function knownKeysOf(node: Node): Promise<readonly string[]> {
  return (await knowledgeOf(node)).keys.map(fingerprint);
}

/** Takes the host keys of a node out of the known_hosts files, unless another node is reached by the same name. */
export async function forgetHostKeys(node: Node, config: Config): Promise<void> {
  const shared = config.nodes.some(
    ({ name, host, port }) => name !== node.name && host === node.host && port === node.port,
  );
  if (shared) return;
  await editKnownHosts(node.knownHosts.map((path) => withoutKeys(path, node)));
}

function withoutKeys(path: string, { host, port }: Pick<Hop, 'host' | 'port'>): KnownHostsEdit {
  return { path, create: false, edit: (text) => removeHostKeys(text, host, port) };
}

function hopOf(kind: 'node' | 'jump', name: string, config: Config): Hop {
  const node = kind === 'node' ? buildInventory(config).get(name) : undefined;
  if (node !== undefined) return node;
  const jump = config.jumpHosts.get(name);
  if (jump === undefined)
    throw new PipefleetError('node_unknown', `There is no ${name} in the configuration.`);
  return lastHop([...jump.via, jump], config.knownHosts);
}

async function present(pool: Pool, hop: Hop, { limits }: Config): Promise<Buffer> {
  const deadline = startDeadline(limits.dialTimeoutSeconds);
  try {
    return await pool.hostKeyOf(hop, deadline.signal);
  } finally {
    deadline.clear();
  }
}

function vouchersOf({ hostKey, knownHosts, sshfp = false }: VouchOptions, ask: Ask | undefined): Vouchers {
  return {
    fingerprint: hostKey,
    knownHostsFile: knownHosts,
    sshfp,
    ask:
      ask &&
      (async (notes) => {
        process.stderr.write(`${notes.join('\n')}\n`);
        return ask.confirm('Is that the key of this host?');
      }),
  };
}

async function knowledgeOf({ knownHosts, host, port }: Hop): Promise<ReturnType<typeof lookUpHost>> {
  const texts = await Promise.all(knownHosts.map(textOf));
  return lookUpHost(
    texts.flatMap((text) => (text === undefined ? [] : [parseKnownHosts(text)])),
    host,
    port,
  );
}

async function textOf(file: string): Promise<string | undefined> {
  return readText(file).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new PipefleetError(
      'operation_failed',
      `The known_hosts file ${file} cannot be read (${codeOf(error) ?? 'unknown error'}).`,
      { cause: error },
    );
  });
}
