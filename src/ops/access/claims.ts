import type { MachineFacts, PlaceFacts } from './facts.js';
import { folderOf, type Manifest, type ManifestAccount, manifestPath } from './manifest.js';
import { parseManifest } from './parse-manifest.js';
import { NOWHERE } from './read-facts.js';

/** What the manifests of a node say: whose things are whose. */
export interface Claims {
  readonly fleet: string;
  /** Path of the fleet's own manifest. */
  readonly path: string;
  /** Undefined when the fleet has none on the node. */
  readonly mine: Manifest | undefined;
  /** Those of other fleets. */
  readonly others: readonly Manifest[];
  /** Paths of manifests of other fleets that this version cannot read: they may list anything. */
  readonly unreadable: readonly string[];
  /** Sentences. */
  readonly blockers: readonly string[];
}

/** What is known of a path. */
export function placeOf({ places }: MachineFacts, path: string): PlaceFacts {
  return places.get(path) ?? NOWHERE;
}

/** Reads the manifests among what was found on a node. */
export function claimsOf(facts: MachineFacts, gatePath: string, fleet: string): Claims {
  const path = manifestPath(gatePath, fleet);
  const beginning = `${folderOf(gatePath)}/manifest-`;
  const others: Manifest[] = [];
  const unreadable: string[] = [];
  for (const [other, { what, text }] of facts.places) {
    if (!other.startsWith(beginning) || other === path || what === 'none') continue;
    const manifest = text === undefined ? undefined : parseManifest(text);
    if (manifest === undefined) unreadable.push(other);
    else others.push(manifest);
  }
  const own = placeOf(facts, path);
  const mine = own.text === undefined ? undefined : parseManifest(own.text);
  const blockers: string[] = [];
  if (own.what === 'unsafe') blockers.push(putRight(own.why));
  else if (own.what !== 'none' && mine?.fleet !== fleet)
    blockers.push(putRight(`${path} is no manifest that this version of pipefleet can read`));
  return { fleet, path, mine, others, unreadable, blockers };
}

/** What a fleet knows of an account: what it lists itself, else what another fleet lists. */
export function claimedAccount({ mine, others }: Claims, name: string): ManifestAccount | undefined {
  return [mine, ...others]
    .flatMap((manifest) => manifest?.accounts ?? [])
    .find((entry) => entry.name === name);
}

/** Whether another fleet lists something, or may. */
export function isShared({ others, unreadable }: Claims, lists: (manifest: Manifest) => boolean): boolean {
  return unreadable.length > 0 || others.some(lists);
}

/** The sentence about something on the node that must be right before set-up can go on. */
export function putRight(why: string): string {
  return `On the node, ${why}; put that right, then try again.`;
}
