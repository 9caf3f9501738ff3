import { count } from '../../core/text.js';
import { isAsMade } from './account-scene.js';
import { changeKeys } from './account-scripts.js';
import { type Claims, claimsOf, isShared, placeOf } from './claims.js';
import { ACCOUNT_COMMENT } from './desired.js';
import type { MachineFacts } from './facts.js';
import { removeManifest } from './file-scripts.js';
import { keyLinesOf } from './key-lines.js';
import { fileTrouble } from './listed-file.js';
import type { ManifestAccount } from './manifest.js';
import { planGateRemoval } from './plan-gate.js';
import { planGroupRemoval, planSudoersRemoval } from './plan-sudoers.js';
import { giveBack, removeAccount } from './removal-scripts.js';
import { joinPlans, NOTHING, type Plan } from './step.js';

/**
 * The steps that take away what the fleet's manifest lists, and nothing else: keys and accounts first, the manifest last. What others
 * have changed or added since is kept and said, or is a blocker.
 *
 * @param accounts those of the configuration
 */
export function planRemoval(
  accounts: readonly string[],
  gatePath: string,
  fleet: string,
  facts: MachineFacts,
): Plan {
  const claims = claimsOf(facts, gatePath, fleet);
  const { mine, path, blockers } = claims;
  if (mine === undefined || blockers.length > 0)
    return { steps: [], blockers: [...blockers, ...unlisted(accounts, path, facts, claims)] };
  return joinPlans(
    planGroupRemoval(facts, claims),
    ...mine.accounts.map((entry) => planAccountRemoval(entry, facts, claims)),
    planSudoersRemoval(facts, claims),
    planGateRemoval(gatePath, facts, claims),
    {
      steps: [{ change: 'remove', subject: 'manifest', detail: path, script: removeManifest(path) }],
      blockers: [],
    },
  );
}

/** What looks as if set-up had made it, and is on no list. */
function* unlisted(
  accounts: readonly string[],
  path: string,
  facts: MachineFacts,
  { others }: Claims,
): Generator<string> {
  for (const name of accounts) {
    const found = facts.accounts.get(name);
    if (found === undefined) continue;
    const other = others.find((manifest) => manifest.accounts.some((entry) => entry.name === name));
    if (other !== undefined) {
      yield `The account ${name} on the node is on the list of fleet ${other.fleet} only (there is no ${path}), so that nothing is removed; if that is this fleet, put fleet_id: ${other.fleet} into pipefleet.yml, else use --forget.`;
      continue;
    }
    const { text = '' } = placeOf(facts, `${found.home}/.ssh/authorized_keys`);
    if (found.comment === ACCOUNT_COMMENT || keyLinesOf(text).some(({ gated }) => gated))
      yield `The account ${name} on the node is on no list of pipefleet's (there is no ${path}), so that nothing is removed; let pipefleet nodes setup list it first, or use --forget and remove it by hand.`;
  }
}

/** Takes away what the manifest lists of an account. */
export function planAccountRemoval(entry: ManifestAccount, facts: MachineFacts, claims: Claims): Plan {
  const { name, uid, home, before, keys } = entry;
  const found = facts.accounts.get(name);
  // It was about to be made when a run ended, and nothing of it can be there.
  if (found === undefined && uid === undefined) return NOTHING;
  const wrong = changed(entry, facts);
  if (wrong !== undefined) {
    return {
      steps: [],
      blockers: [
        `On the node, ${wrong} since pipefleet set it up, so that nothing is removed; let pipefleet nodes setup put it right, or use --forget and remove it by hand.`,
      ],
    };
  }
  const path = `${home}/.ssh/authorized_keys`;
  const lines = keyLinesOf(placeOf(facts, path).text ?? '');
  const strangers = lines.filter(({ blob }) => !keys.includes(blob)).length;
  const onlyKeys = (because: string): Plan => {
    const detail = `pipefleet's keys of ${name}; ${because}`;
    const none = lines.length === strangers;
    const script = none ? '' : changeKeys(path, name, keys, []);
    return { steps: [{ change: none ? 'keep' : 'remove', subject: 'key', detail, script }], blockers: [] };
  };
  if (isShared(claims, ({ accounts }) => accounts.some((other) => other.name === name)))
    return found === undefined ? NOTHING : onlyKeys('the account stays, since another fleet uses it');
  if (before !== undefined) {
    if (found === undefined) return NOTHING;
    const detail = `pipefleet's keys of ${name}, which gets back its home, its shell and its password`;
    return {
      steps: [{ change: 'remove', subject: 'key', detail, script: giveBack(entry, found.uid, claims.path) }],
      blockers: [],
    };
  }
  if (strangers > 0) {
    const stays = found === undefined ? home : 'the account';
    return onlyKeys(
      `${stays} stays, since it has ${count(strangers, 'key')} that pipefleet has not put there`,
    );
  }
  const held = heldBy(entry, facts);
  const rest = held.length === 0 ? ` and ${home}` : `; ${home} stays, since it holds ${held.join(', ')}`;
  return {
    steps: [
      {
        change: 'remove',
        subject: 'account',
        detail: `account ${name} with its keys${rest}`,
        script: removeAccount(entry, found?.uid, claims.path),
      },
    ],
    blockers: [],
  };
}

/** What is no longer as set-up left it, as the beginning of a sentence; undefined when all is. */
function changed({ name, uid, home }: ManifestAccount, facts: MachineFacts): string | undefined {
  const found = facts.accounts.get(name);
  const folders = [home, `${home}/.ssh`].map((path) => placeOf(facts, path));
  if (found !== undefined && (uid === undefined ? !isAsMade(name, found, folders) : found.uid !== uid))
    return `somebody has made another account ${name}`;
  if (found !== undefined && found.home !== home)
    return `somebody has given ${name} another home (${found.home})`;
  for (const path of [home, `${home}/.ssh`]) {
    const { what, owner, mode, why } = placeOf(facts, path);
    if (what === 'none') return undefined;
    if (what === 'unsafe') return `${why}, what was not so`;
    if (what !== 'folder' || !owner.startsWith('0:') || /[2367]$|[2367].$/.test(mode))
      return `somebody has changed ${path}`;
  }
  const path = `${home}/.ssh/authorized_keys`;
  const place = placeOf(facts, path);
  return fileTrouble(place, path) === undefined ? undefined : `somebody has changed ${path}`;
}

/** What is in the folders of a home that set-up has not put there. */
function heldBy({ home }: ManifestAccount, facts: MachineFacts): readonly string[] {
  const { holds } = placeOf(facts, home);
  return [...holds, ...placeOf(facts, `${home}/.ssh`).holds.map((name) => `.ssh/${name}`)];
}
