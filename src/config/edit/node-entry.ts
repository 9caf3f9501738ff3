import type { Writable } from './render.js';

/** A node as it is written to pipefleet.yml. */
export interface NodeEntry {
  readonly name: string;
  readonly host: string;
  readonly port?: number | undefined;
  readonly addresses?: readonly string[] | undefined;
  /** A name or a list of names; the empty list is the direct way. */
  readonly jump?: string | readonly string[] | undefined;
  readonly credential?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly location?: { readonly latitude: number; readonly longitude: number } | undefined;
}

/** The keys of a node in the order in which they are written. */
export const NODE_KEYS = [
  'name',
  'host',
  'port',
  'addresses',
  'jump',
  'credential',
  'groups',
  'labels',
  'location',
  'software',
];

/** What is written of an entry: its keys in order, without lists and maps that say nothing. */
export function writtenEntry(entry: NodeEntry): Readonly<Record<string, Writable>> {
  const { name, host, port, addresses, jump, credential, groups, labels, location } = entry;
  return {
    name,
    host,
    ...(port !== undefined && { port }),
    ...(addresses !== undefined && addresses.length > 0 && { addresses }),
    ...(jump !== undefined && { jump }),
    ...(credential !== undefined && { credential }),
    ...(groups !== undefined && groups.length > 0 && { groups }),
    ...(labels !== undefined && Object.keys(labels).length > 0 && { labels }),
    ...(location !== undefined && {
      location: { latitude: location.latitude, longitude: location.longitude },
    }),
  };
}
