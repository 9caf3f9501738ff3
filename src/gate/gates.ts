import { createHash } from 'node:crypto';
import { buildBatch } from '../collectors/batch.js';
import type { Collector } from '../collectors/collector.js';
import type { SoftwareSettings } from '../core/software.js';
import { renderGate } from './render.js';

/** A gate as it is installed on a node. */
export interface Gate {
  readonly text: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly digest: string;
}

/** What the gates of a fleet have in common. */
export interface GateSettings {
  /** Of this pipefleet. */
  readonly version: string;
  /** Every collector, in the order of the registry. */
  readonly collectors: readonly Collector[];
  /** The modules of the configuration, in its order. */
  readonly modules: readonly { readonly name: string; readonly collectors: readonly string[] }[];
}

/** Gives the gate of a node; those of the same settings of the node software have the same one. */
export type Gates = (node: { readonly software: SoftwareSettings }) => Gate;

/** The gates that a configuration asks for. Each is made when it is first asked for, and then kept. */
export function createGates({ version, collectors, modules }: GateSettings): Gates {
  const chosen = modules.map(({ name, collectors: names }) => ({
    name,
    collectors: collectors.filter((collector) => names.includes(collector.name)),
  }));
  const gates = new Map<string, Gate>();
  return ({ software }) => {
    const key = JSON.stringify(software);
    let gate = gates.get(key);
    if (gate === undefined) {
      const batches = new Map(chosen.map((module) => [module.name, buildBatch(module.collectors, software)]));
      const text = renderGate({ version, modules: batches });
      gates.set(key, (gate = { text, digest: gateDigest(text) }));
    }
    return gate;
  };
}

/** SHA-256 of the text of a gate, in hexadecimal, as sha256sum(1) prints it for the file. */
export function gateDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
