import type { FolderWork } from './account-scripts.js';
import { type Claims, claimedAccount, placeOf } from './claims.js';
import { ACCOUNT_COMMENT, homeOf } from './desired.js';
import type { AccountFacts, MachineFacts, PlaceFacts } from './facts.js';
import type { ManifestAccount } from './manifest.js';
import { NOWHERE } from './read-facts.js';

/** What is known of an account and its files, and what becomes of its folders. */
export interface AccountScene {
  readonly name: string;
  readonly found: AccountFacts | undefined;
  /** What a manifest says of it. */
  readonly claim: ManifestAccount | undefined;
  /** Set-up has made it, now or before; else it was taken over. */
  readonly made: boolean;
  readonly home: string;
  readonly folders: readonly (FolderWork & { readonly place: PlaceFacts })[];
  readonly file: PlaceFacts;
}

/** Puts together what was found of an account. */
export function sceneOf(name: string, facts: MachineFacts, claims: Claims): AccountScene {
  const found = facts.accounts.get(name);
  const home = found?.home ?? homeOf(name);
  const paths = [home, `${home}/.ssh`];
  const places = paths.map((path) => placeOf(facts, path));
  const asMade = found !== undefined && isAsMade(name, found, places);
  const listed = claimedAccount(claims, name);
  // Without its number it was about to be made when a run ended: what is there now may be somebody's.
  const claim = listed?.uid === undefined && !asMade ? undefined : listed;
  const made = found === undefined || (claim === undefined ? asMade : claim.before === undefined);
  const folders = paths.map((path, index) => {
    const place = places[index] ?? NOWHERE;
    return { path, place, ...folderWork(place, made ? undefined : found) };
  });
  return {
    name,
    found,
    claim,
    made,
    home,
    folders,
    file: placeOf(facts, `${home}/.ssh/authorized_keys`),
  };
}

/**
 * What becomes of a folder: root's and readable; that of an account which was taken over stays as closed to others as it was, and the
 * account reads it by its group.
 */
function folderWork(
  { what, owner, mode }: PlaceFacts,
  taken: AccountFacts | undefined,
): Omit<FolderWork, 'path'> {
  const open = owner === '0:0' && mode === '755';
  if (taken === undefined) return { work: workFor(what, open), owner: '0:0', mode: '755' };
  const own = `0:${taken.gid}`;
  const others = Number(/[0-7]$/.exec(mode)?.[0] ?? 0) & 5;
  const right = open || (owner === own && /^75[0145]$/.test(mode));
  return { work: workFor(what, right), owner: own, mode: `75${others}` };
}

function workFor(what: PlaceFacts['what'], right: boolean): FolderWork['work'] {
  if (what === 'none') return 'make';
  return what === 'folder' && right ? 'right' : 'take';
}

/**
 * Whether an account that no manifest lists is in every point as set-up makes one: by an earlier version, or by a run that was
 * interrupted before it could say so.
 */
export function isAsMade(name: string, found: AccountFacts, folders: readonly PlaceFacts[]): boolean {
  return (
    found.comment === ACCOUNT_COMMENT &&
    found.shell === '/bin/sh' &&
    (found.password === 'none' || found.password === 'unknown') &&
    found.home === homeOf(name) &&
    folders.every((place) => folderWork(place, undefined).work !== 'take')
  );
}
