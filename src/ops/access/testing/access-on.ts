import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../../core/logger.js';
import type { Node } from '../../../inventory/node.js';
import { sketchCredential, sketchNode } from '../../../inventory/testing/sketches.js';
import { Pool } from '../../../ssh/pool.js';
import { findTool } from '../../../stack/tools.js';
import { createOperatorCredentials } from '../../login/operator-credentials.js';
import { type RootResult, runAsRoot } from '../../login/run-as-root.js';
import { type Machine, type MachineOptions, startMachine } from '../../testing/machine.js';
import { applyScript, readApplied } from '../apply.js';
import type { DesiredAccess, DesiredKey } from '../desired.js';
import type { MachineFacts } from '../facts.js';
import { factsScript } from '../facts-script.js';
import { digestOf } from '../listed-file.js';
import { factsFor, planAccess } from '../plan.js';
import { planRemoval } from '../plan-removal.js';
import { readFacts } from '../read-facts.js';
import type { Plan } from '../step.js';

export const GATE_PATH = '/usr/local/lib/pipefleet/gate';
export const GATE = `#!/bin/sh
echo "purpose $1, asked: $SSH_ORIGINAL_COMMAND"
cat <<'END_OF_FILE'
$(not run) \\ '"
END_OF_FILE
`;
export const FLEET = 'f0123456789abcde';

const LIMITS = {
  concurrentLogins: 8,
  dialTimeoutSeconds: 120,
  keepaliveSeconds: 15,
  idleSeconds: 600,
  connectionAgeSeconds: 3600,
};

/** A bare machine, and what set-up does on it. */
export interface AccessOn {
  readonly machine: Machine;
  /** The key that the fleet monitors with. */
  readonly key: DesiredKey;
  /** What is wanted: one account with that key. */
  desired(parts?: Partial<DesiredAccess>): DesiredAccess;
  facts(desired?: DesiredAccess, login?: string): Promise<MachineFacts>;
  /** The plan for what is wanted. */
  plan(desired?: DesiredAccess, adopt?: boolean): Promise<Plan>;
  /** The plan to take it away. */
  removal(desired?: DesiredAccess): Promise<Plan>;
  /** Carries a plan out; what was done, in words. Throws with what the machine said when a step failed. */
  apply(plan: Plan, login?: string): Promise<readonly string[]>;
  /** A command over the fleet's own key; its standard output. */
  ask(user: string, command: string): Promise<string>;
  asRoot(script: string, login?: string): Promise<RootResult>;
  dispose(): Promise<void>;
}

export async function accessOn(options: MachineOptions): Promise<AccessOn> {
  const machine = await startMachine(options);
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-access-'));
  writeFileSync(join(folder, 'known_hosts'), machine.knownHost);
  const keyFile = join(folder, 'monitor');
  execFileSync(await findTool('ssh-keygen'), [
    '-q',
    '-t',
    'ed25519',
    '-N',
    '',
    '-C',
    'monitor',
    '-f',
    keyFile,
  ]);
  const publicKey = readFileSync(`${keyFile}.pub`, 'utf8').trim();
  const key: DesiredKey = {
    purpose: 'monitor',
    line: `restrict,command="${GATE_PATH} monitor" ${publicKey}`,
    blob: publicKey.split(' ')[1] ?? '',
    fingerprint: 'ssh-ed25519 SHA256:test',
  };
  const pools: Pool[] = [];
  const nodeFor = (user: string): Node =>
    sketchNode({
      host: machine.address,
      port: machine.port,
      credential: sketchCredential({ user, keyFile }),
      knownHosts: [join(folder, 'known_hosts')],
    });
  const credentials = createOperatorCredentials({
    identities: [machine.keyFile],
    agent: undefined,
    home: folder,
    password: undefined,
    passphrase: undefined,
  });
  const newPool = (own: Partial<ConstructorParameters<typeof Pool>[0]>): Pool => {
    const pool = new Pool({ limits: LIMITS, logger: createLogger('silent'), ...own });
    pools.push(pool);
    return pool;
  };
  const operators = newPool({ credentials });

  const desired: AccessOn['desired'] = (parts = {}) => ({
    fleet: FLEET,
    accounts: [{ name: 'pipefleet', keys: [key] }],
    gate: { path: GATE_PATH, version: '0.1.0', digest: digestOf(GATE), text: GATE },
    sudoers: [],
    audit: false,
    ...parts,
  });
  const asRoot: AccessOn['asRoot'] = (script, login = 'root') =>
    runAsRoot(operators.execFor(nodeFor(login)), script, {
      user: login,
      sudoPassword: undefined,
      timeoutSeconds: 60,
    });
  const facts: AccessOn['facts'] = async (wanted = desired(), login = 'root') => {
    const names = wanted.accounts.map(({ name }) => name);
    const result = await asRoot(factsScript(factsFor(names, GATE_PATH, wanted.fleet)), login);
    if (!result.ok) throw new Error(result.message);
    const found = readFacts(result.stdout);
    if (found === undefined || result.stderr !== '') throw new Error(result.stdout + result.stderr);
    return found;
  };
  return {
    machine,
    key,
    desired,
    asRoot,
    facts,
    plan: async (wanted = desired(), adopt = false) => planAccess(wanted, await facts(wanted), { adopt }),
    removal: async (wanted = desired()) =>
      planRemoval(
        wanted.accounts.map(({ name }) => name),
        GATE_PATH,
        wanted.fleet,
        await facts(wanted),
      ),
    apply: async (plan, login) => {
      if (plan.blockers.length > 0) throw new Error(plan.blockers.join(' '));
      const result = await asRoot(applyScript(plan), login);
      if (!result.ok) throw new Error(result.message);
      const applied = readApplied(plan, result.stdout);
      if (applied === undefined || applied.failed !== undefined || result.stderr !== '')
        throw new Error(`${applied?.failed?.subject ?? 'broken off'}: ${result.stderr}`);
      return applied.done.map(({ change, subject }) => `${change} ${subject}`);
    },
    ask: async (user, command) => {
      const result = await newPool({})
        .execFor(nodeFor(user))
        .exec(command, { signal: AbortSignal.timeout(20_000), maxOutputBytes: 10_000 });
      return result.reason === 'none' ? result.stdout : `${result.reason}: ${result.message}`;
    },
    dispose: async () => {
      for (const pool of pools) pool.close();
      await machine.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
