import { homedir } from 'node:os';
import type { AccessOptions } from '../cli/nodes-setup.js';
import type { Ask } from '../cli/ask.js';
import type { SetUpTools } from '../cli/set-up-nodes.js';
import { COLLECTORS } from '../collectors/registry.js';
import type { Config } from '../config/config.js';
import { setTopLevel } from '../config/edit/top-level.js';
import { updateConfigFile } from '../config/edit/write-config.js';
import { createLogger } from '../core/logger.js';
import { readVersion } from '../core/version.js';
import { GATE_PATH } from '../gate/protocol.js';
import { gatesOf } from '../gate/gates-of.js';
import type { Credential, Node } from '../inventory/node.js';
import { claimsOf } from '../ops/access/claims.js';
import { createOperatorCredentials } from '../ops/login/operator-credentials.js';
import { runAsRoot } from '../ops/login/run-as-root.js';
import { accountsFor, desiredFor, type PublicKey } from '../ops/nodes/desired-for.js';
import { createCredentialStore, type CredentialStore } from '../ssh/credential-store.js';
import { Pool } from '../ssh/pool.js';
import { withProver } from './prove.js';

/** One look, or one plan, on one node: useradd on a slow disk, an sshd that looks names up. */
const TIMEOUT_SECONDS = 60;

/** What `nodes add`, `nodes setup`, `nodes remove` and `keys rotate` work with; everything is closed when they end. */
export async function withSetUp<T>(
  config: Config,
  options: AccessOptions,
  {
    ask,
    publicKeysOf,
    newFleet,
    signal,
  }: {
    readonly ask: Ask;
    readonly publicKeysOf: (credential: Credential, keyFile?: string) => Promise<PublicKey>;
    /** The name of a fleet that has none yet. */
    readonly newFleet: string;
    readonly signal: AbortSignal;
  },
  use: (tools: SetUpTools) => Promise<T>,
): Promise<T> {
  const loginOf = (node: Node): string => options.loginOf?.(node) ?? options.login;
  const password = options.askPassword ? await ask.secret('Password for the login on the nodes') : undefined;
  const sudoPassword = options.askSudoPassword
    ? await ask.secret('Password for sudo on the nodes')
    : undefined;
  const operators = new Pool({
    limits: config.limits,
    logger: createLogger('silent'),
    credentials: exceptFor(
      OPERATOR,
      createOperatorCredentials({
        identities: options.identities,
        agent: process.env['SSH_AUTH_SOCK'],
        home: homedir(),
        password,
        passphrase: (path) => ask.secret(`Passphrase of ${path}`),
      }),
      createCredentialStore(),
    ),
  });
  const gates = gatesOf(config);
  const fleet = config.fleetId ?? newFleet;
  try {
    return await withProver(config, (prove) =>
      use({
        ask,
        gatePath: GATE_PATH,
        fleet,
        begin: () => nameFleet(config, fleet),
        signal,
        prove,
        accountsOf: (node) => accountsFor(node, config),
        asRoot: (node, script) => {
          const user = loginOf(node);
          return runAsRoot(operators.execFor(asOperator(node, user)), script, {
            user,
            sudoPassword,
            timeoutSeconds: TIMEOUT_SECONDS,
          });
        },
        desired: (node, facts) =>
          desiredFor(node, facts.units, {
            config,
            version: readVersion(),
            gates,
            audit:
              options.audit === 'kept'
                ? claimsOf(facts, GATE_PATH, fleet).mine?.group !== undefined
                : options.audit,
            fleet,
            publicKeysOf: (credential) => {
              const files = options.keyFilesOf?.(credential);
              if (files === undefined) return publicKeysOf(credential).then((key) => [key]);
              return Promise.all(files.map((file) => publicKeysOf(credential, file)));
            },
          }),
      }),
    );
  } finally {
    operators.close();
  }
}

/** Writes the name of a fleet into its configuration, before a node lists anything under it. */
async function nameFleet({ path, fleetId }: Config, fleet: string): Promise<void> {
  if (fleetId !== undefined) return;
  await updateConfigFile(path, (text) => setTopLevel(text, 'fleet_id', fleet), { collectors: COLLECTORS });
}

/** The credential that stands for the person; no credential of the configuration can be called so. */
const OPERATOR = '(the person)';

/** One store for the credential of that name, another for all others: jump hosts are logged in to as ever. */
function exceptFor(name: string, own: CredentialStore, others: CredentialStore): CredentialStore {
  return {
    authMethods: (credential) => (credential.name === name ? own : others).authMethods(credential),
  };
}

/** The node as a person logs in to it; what they log in with is not in its credential. */
function asOperator(node: Node, user: string): Node {
  const { credential } = node;
  return {
    ...node,
    credential: {
      ...credential,
      name: OPERATOR,
      user,
      backend: 'ssh2',
      keyFile: undefined,
      agent: undefined,
      passphrase: undefined,
    },
  };
}
