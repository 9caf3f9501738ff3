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
  readonly folders: readonly (FolderWork & { readonly place: PlaceFacts; readonly closed: boolean })[];
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
 * What becomes of a folder: root's and readable; that of an account which was taken over stays as closed as it was to all others, of its
 * group too, and the account reads it by a group that is its own alone, or as before. `closed`: it could not read it then.
 */
function folderWork(
  { what, owner, mode, acl }: PlaceFacts,
  taken: AccountFacts | undefined,
): Omit<FolderWork, 'path'> & { readonly closed: boolean } {
  const open = owner === '0:0' && mode === '755';
  if (taken === undefined) return { work: workFor(what, open), owner: '0:0', mode: '755', closed: false };
  const [was = 0, others = 0] = [...(/[0-7]{2}$/.exec(mode) ?? ['00'])]
    .join('')
    .split('')
    .map((bits) => Number(bits) & 5);
  const group = taken.private ? String(taken.gid) : (owner.split(':')[1] ?? '0');
  const kept = taken.private ? 5 : was;
  const reads = kept === 5 && (others === 5 || group === String(taken.gid));
  const right = open || (owner === `0:${group}` && mode === `7${kept}${others}`);
  const work = workFor(what, right);
  return { work, owner: `0:${group}`, mode: `7${kept}${others}`, closed: work === 'take' && (acl || !reads) };
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
