import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/config.js';
import { loadConfig, type LoadOptions } from '../config/load.js';
import { PipefleetError } from '../core/errors.js';
import { buildInventory } from '../inventory/inventory.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { findNode } from './find-node.js';
import { printJson, printLine, type Io } from './print.js';

export interface NodesRekeyOptions extends LoadOptions {
  readonly configPath: string;
  /** Name of a node, or of a jump host with `jump`. */
  readonly name: string;
  readonly jump: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** A host whose key is to be looked at. */
export interface RekeyTarget {
  readonly kind: 'node' | 'jump';
  readonly name: string;
}

/** What the host presents beside what is known of it; fingerprints as `ssh-ed25519 SHA256:…`. */
export interface HostKeyState {
  readonly known: readonly string[];
  readonly presented: string;
  /** Somebody has to vouch for it before it counts. */
  readonly verdict: 'known' | 'unknown' | 'changed' | 'revoked';
}

export interface NodesRekeyTools {
  /** @throws {PipefleetError} when the host cannot be reached */
  readonly look: (
    target: RekeyTarget,
    config: Config,
  ) => Promise<
    HostKeyState & {
      /** @throws {PipefleetError} `declined` when nobody vouches for the presented key */
      readonly vouch: () => Promise<string>;
      /** Makes the presented key the known one, and keeps the others as comments. Gives the file. */
      readonly replace: () => Promise<string>;
    }
  >;
}

/**
 * `pipefleet nodes rekey`: looks at the host key that a node presents, and makes it the known one when somebody vouches for it.
 *
 * @returns 0 when the presented key is the known one in the end
 * @throws {PipefleetError} `declined`, `node_unknown`, or what the configuration is wrong about
 */
export async function runNodesRekey(
  { stdout, stderr }: Io,
  options: NodesRekeyOptions,
  tools: NodesRekeyTools,
): Promise<ExitCode> {
  const config = await loadConfig(options.configPath, options);
  const target = targetOf(config, options);
  const found = await tools.look(target, config);
  const { known, presented, verdict } = found;
  const lines = [
    `known      ${known.length === 0 ? 'nothing' : known.join(' and ')}`,
    `presented  ${presented}`,
  ];
  if (!options.json) for (const line of lines) printLine(stdout, line);
  const tell = (changed: boolean, vouchedBy: string | null, sentence: string): ExitCode => {
    if (options.json) printJson(stdout, { name: target.name, known, presented, verdict, changed, vouchedBy });
    else printLine(stdout, sentence);
    return EXIT.ok;
  };
  if (verdict === 'known' && isDeepStrictEqual(known, [presented])) {
    return tell(false, null, 'That is the known key; nothing was changed.');
  }
  if (verdict === 'known') return tell(false, null, 'That is one of the known keys; nothing was changed.');
  if (verdict === 'revoked') {
    throw new PipefleetError(
      'declined',
      `The key that ${target.name} presents is marked @revoked: it must never be trusted again.`,
    );
  }
  if (options.dryRun) return tell(false, null, 'It would be taken over once somebody vouches for it.');
  printLine(
    stderr,
    'Compare it by a way that nobody on the network controls, such as the console of the provider.',
  );
  const vouchedBy = await found.vouch();
  const file = await found.replace();
  return tell(
    true,
    vouchedBy,
    `The key is known now, in ${file}; what it replaces stays there as a comment. A running exporter notices it at its next attempt, after a reload at once.`,
  );
}

function targetOf(config: Config, { name, jump }: NodesRekeyOptions): RekeyTarget {
  if (!jump) return { kind: 'node', name: findNode(buildInventory(config), name).name };
  if (config.jumpHosts.has(name)) return { kind: 'jump', name };
  throw new PipefleetError(
    'node_unknown',
    `There is no jump host ${name} in the configuration; there is ${[...config.jumpHosts.keys()].join(', ') || 'none'}.`,
  );
}
