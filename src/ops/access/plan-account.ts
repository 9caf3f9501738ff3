import { accountBlockers } from './account-blockers.js';
import { type AccountScene, sceneOf } from './account-scene.js';
import { changeAccount, changeKeys, createAccount, onlyRoots, ownFolders } from './account-scripts.js';
import type { Claims } from './claims.js';
import type { DesiredAccount } from './desired.js';
import type { MachineFacts, PlaceFacts } from './facts.js';
import { droppedKeys, mergeKeys } from './key-lines.js';
import type { AccountBefore, ManifestAccount } from './manifest.js';
import type { Step } from './step.js';

/** What is to be done about one account. */
export interface AccountPlan {
  readonly blockers: readonly string[];
  /** What the manifest says of it afterwards. */
  readonly entry: ManifestAccount;
  /** The account and its folders, before any key leads there. */
  readonly before: readonly Step[];
  readonly keys: Step;
}

/** Plans one account. Pure. */
export function planAccount(
  desired: DesiredAccount,
  facts: MachineFacts,
  claims: Claims,
  adopt: boolean,
): AccountPlan {
  const scene = sceneOf(desired.name, facts, claims);
  const { name, found, claim, made, home } = scene;
  const listed = claims.mine?.accounts.find((entry) => entry.name === name)?.keys ?? [];
  return {
    blockers: [...accountBlockers(scene, facts, adopt)],
    entry: {
      name,
      uid: found?.uid,
      home,
      before: made ? undefined : beforeOf(scene),
      keys: desired.keys.map(({ blob }) => blob),
    },
    before: [planLogin(scene, claims, claim === undefined), planFolders(scene)],
    keys: planKeys(desired, scene, listed, made ? [] : (facts.further.get(name) ?? [])),
  };
}

/** What an account that is taken over was before, at the first time. */
function beforeOf({ found, claim, folders, file }: AccountScene): AccountBefore {
  const starred = found?.password !== 'none' && found?.password !== 'unknown';
  if (claim?.before !== undefined) return { ...claim.before, starred: claim.before.starred || starred };
  const was = ({ what, owner, mode }: PlaceFacts): string | undefined =>
    what === 'none' ? undefined : `${owner}:${mode.padStart(4, '0')}`;
  const [home, ssh] = folders.map(({ place }) => was(place));
  return { shell: found?.shell ?? '/bin/sh', starred, home, ssh, keys: was(file) };
}

function planLogin({ name, found, made, home }: AccountScene, { path }: Claims, first: boolean): Step {
  const detail = `${name}, without a password, shell /bin/sh, home ${home}`;
  const subject = 'account';
  if (found === undefined)
    return { change: 'create', subject, detail, script: createAccount(name, home, path) };
  const right = found.shell === '/bin/sh' && (found.password === 'none' || found.password === 'unknown');
  const taken = made ? '' : first ? '; it is taken over' : '; it was taken over';
  return {
    change: right ? 'keep' : 'change',
    subject,
    detail: detail + taken,
    script: right ? '' : changeAccount(name),
  };
}

/** Home and .ssh belong to root, so that the account itself cannot loosen what its keys may do. */
function planFolders({ name, home, folders }: AccountScene): Step {
  const right = folders.every(({ work }) => work === 'right');
  const exists = folders.every(({ work }) => work !== 'make');
  return {
    change: right ? 'keep' : exists ? 'change' : 'create',
    subject: 'folder',
    detail: `${home} and .ssh belong to root: ${name} cannot change what its keys may do`,
    script: ownFolders(name, folders),
  };
}

function planKeys(
  { name, keys }: DesiredAccount,
  { home, folders, file }: AccountScene,
  listed: readonly string[],
  further: readonly string[],
): Step {
  const merged = mergeKeys(file.text ?? '', listed, keys);
  const { added, removed, foreign } = merged;
  // What its account may still change is not read before it is taken over.
  const unread = file.what === 'file' && file.text === undefined;
  const words = [
    keys.map(({ purpose, fingerprint }) => `${purpose} ${fingerprint}`).join(', ') || 'none of ours',
    ...(removed > 0 ? [`${removed} older of ours goes`] : []),
    ...(unread ? ['those of others stay'] : foreign > 0 ? [`${foreign} not of ours stays`] : []),
  ];
  const right =
    folders.every(({ work }) => work === 'right') &&
    file.owner === '0:0' &&
    file.mode === '644' &&
    file.text !== undefined &&
    merged.right;
  const fresh = added > 0 && removed === 0 && foreign === 0 && !unread;
  const path = `${home}/.ssh/authorized_keys`;
  return {
    change: right ? 'keep' : fresh ? 'create' : 'change',
    subject: 'key',
    detail: `${name}: ${words.join('; ')}`,
    script: right
      ? ''
      : onlyRoots(further) +
        changeKeys(
          path,
          name,
          droppedKeys(listed, keys),
          keys.map(({ line }) => line),
        ),
  };
}
