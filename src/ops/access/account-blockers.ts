import type { AccountScene } from './account-scene.js';
import { placeOf } from './claims.js';
import type { MachineFacts } from './facts.js';
import { fileTrouble } from './listed-file.js';
import { FILE_BYTES } from './root-shell.js';
import { sshdBlockers } from './sshd-blockers.js';

/** Folders that belong to everybody on a machine. */
const COMMON = [
  '/',
  '/bin',
  '/dev',
  '/etc',
  '/home',
  '/nonexistent',
  '/opt',
  '/root',
  '/srv',
  '/tmp',
  '/usr',
  '/var',
  '/var/lib',
];

/** Why an account cannot be set up, in one sentence for each reason: it is somebody's, or its files are not safe to touch. */
export function* accountBlockers(
  scene: AccountScene,
  facts: MachineFacts,
  adopt: boolean,
): Generator<string> {
  const who = whose(scene, facts, adopt);
  if (who !== undefined) {
    yield who;
    return;
  }
  const why = folderTrouble(scene) ?? keysTrouble(scene) ?? furtherTrouble(scene, facts);
  if (why !== undefined) yield `On the node, ${why}; put that right, or name another user in its credential.`;
  yield* sshdBlockers(scene.name, scene.home, facts);
}

/** Why an account is not to be touched. */
function whose(
  { name, found, claim, made, home, folders }: AccountScene,
  { groups, login }: MachineFacts,
  adopt: boolean,
): string | undefined {
  const [own] = folders;
  if (found === undefined) {
    if (groups.has(name))
      return `The node has a group ${name} that pipefleet has not made; name another user in its credential.`;
    if (claim === undefined && own !== undefined && own.place.what !== 'none' && own.place.what !== 'unsafe')
      return `${home} is there already on the node, and pipefleet has not made it; name another user in its credential, or move it away.`;
    return undefined;
  }
  if (found.uid === 0)
    return `${name} is root on the node, which no key of pipefleet may be; name another user in its credential.`;
  if (claim === undefined) {
    if (!made && !adopt)
      return `The node has an account ${name} that pipefleet has not made; name another user in its credential, or take it over with --adopt, which gives its home to root.`;
    if (!made && name === login)
      return `${name} is the account that you log in with, and taking it over would lock you out; log in with another one, or name another user in its credential.`;
    if (COMMON.includes(home) || !home.startsWith('/'))
      return `The home of ${name} on the node is ${home}, which cannot be given away; name another user in its credential.`;
    return undefined;
  }
  if (claim.uid !== undefined && claim.uid !== found.uid)
    return `The account ${name} on the node has the number ${found.uid}, and pipefleet knows it with ${claim.uid}: somebody has made another one; ${BY_HAND}`;
  if (claim.home !== home)
    return `The account ${name} on the node has the home ${home}, and pipefleet knows it with ${claim.home}; ${BY_HAND}`;
  return undefined;
}

const BY_HAND = 'put that right on the node, or name another user in its credential.';

/** What is wrong with the file of keys, without its end. It is read later where the account may still change it, and judged again. */
function keysTrouble({ name, found, home, file }: AccountScene): string | undefined {
  const path = `${home}/.ssh/authorized_keys`;
  const trouble = fileTrouble(file, path);
  if (trouble !== undefined || file.what !== 'file' || file.text !== undefined) return trouble;
  if (file.size > FILE_BYTES) return `${path} is larger than ${FILE_BYTES} bytes`;
  const [uid] = file.owner.split(':');
  if (uid === String(found?.uid) || (uid === '0' && /[4-7]$/.test(file.mode))) return undefined;
  return uid === '0' ? `${path} is for root alone` : `${path} belongs to another account than ${name}`;
}

/** What is wrong with further files from which sshd reads keys of an account that is taken over: it could let itself in by them. */
function furtherTrouble({ name, made }: AccountScene, facts: MachineFacts): string | undefined {
  if (made) return undefined;
  for (const path of facts.further.get(name) ?? []) {
    const { what, owner } = placeOf(facts, path);
    if (what !== 'none' && !(what === 'file' && owner.startsWith('0:')))
      return `${path}, from which sshd reads keys of ${name} too, is not a file of root's`;
  }
  return undefined;
}

/** What is wrong with the folders of a home, from the outside in, without its end. */
function folderTrouble({ name, found, claim, made, folders }: AccountScene): string | undefined {
  for (const { path, place, work } of folders) {
    if (work !== 'take') continue;
    const { what, owner, why } = place;
    if (what === 'unsafe') return why;
    if (what !== 'folder') return `${path} is ${what === 'link' ? 'a link' : 'no folder'}`;
    const [uid] = owner.split(':');
    if (uid !== '0' && uid !== String(found?.uid)) return `${path} belongs to another account than ${name}`;
  }
  const [home, ssh] = folders;
  const closed = folders.find((folder) => folder.closed);
  if (
    closed !== undefined &&
    closed.place.owner !== '' &&
    !(claim === undefined && closed.place.owner.startsWith('0:'))
  )
    return closed.place.acl
      ? `${closed.path} has an access list (ACL), which root's ownership would change`
      : `${closed.path} is closed to a group that ${name} shares with others, so that ${name} could not read it as a folder of root's without opening it to them`;
  // The home of a system account may be a folder of the system; one that was given to root before has a .ssh of root's.
  if (claim === undefined && !made && home?.place.owner.startsWith('0:') === true && ssh?.work !== 'right')
    return `${home.path} belongs to root and not to ${name}`;
  return undefined;
}
