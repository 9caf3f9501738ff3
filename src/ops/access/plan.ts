import { GROUP } from '../../collectors/audit/privilege.js';
import { claimsOf, type Claims } from './claims.js';
import type { DesiredAccess } from './desired.js';
import type { MachineFacts } from './facts.js';
import type { FactsRequest } from './facts-script.js';
import { listNumber } from './account-scripts.js';
import { putFile } from './file-scripts.js';
import { digestOf } from './listed-file.js';
import { type Manifest, manifestPath, renderManifest } from './manifest.js';
import { planAccount } from './plan-account.js';
import { planAccountRemoval } from './plan-removal.js';
import { planGate } from './plan-gate.js';
import { planGroup, planSudoers, sudoersFiles, sudoersText, wantedGroup } from './plan-sudoers.js';
import { joinPlans, NOTHING, type Plan } from './step.js';

export interface PlanOptions {
  /** Take over an account of that name which pipefleet has not made. */
  readonly adopt: boolean;
}

/** What has to be known before {@link planAccess} or `planRemoval`. */
export function factsFor(accounts: readonly string[], gatePath: string, fleet: string): FactsRequest {
  return {
    accounts,
    groups: [...new Set([GROUP, ...accounts])],
    files: [gatePath, ...sudoersFiles(fleet)],
    manifest: manifestPath(gatePath, fleet),
  };
}

/**
 * The steps from what a machine is to what is wanted. Pure. A step that would change nothing is `keep`, so that a plan that was
 * applied plans nothing the next time. What locks somebody out, or touches what is not ours, is a blocker.
 */
export function planAccess(desired: DesiredAccess, facts: MachineFacts, { adopt }: PlanOptions): Plan {
  const claims = claimsOf(facts, desired.gate.path, desired.fleet);
  const accounts = desired.accounts.map((account) => planAccount(account, facts, claims, adopt));
  const group = wantedGroup(desired, facts, claims);
  const sudoers = sudoersText(desired);
  const wanted: Manifest = {
    fleet: desired.fleet,
    gate: desired.gate.digest,
    sudoers: sudoers === undefined ? undefined : digestOf(sudoers),
    group,
    accounts: accounts.map(({ entry }) => entry),
  };
  const names = new Set(desired.accounts.map(({ name }) => name));
  const dropped = (claims.mine?.accounts ?? []).filter(({ name }) => !names.has(name));
  const known = withAll(claims.mine, wanted);
  return joinPlans(
    { steps: [], blockers: [...toolBlockers(desired, facts), ...claims.blockers] },
    // First: what is made is listed before it is there.
    planManifest(claims, claims.mine, known, true),
    planGate(desired, facts, claims),
    ...accounts.map(({ blockers, before }) => ({ steps: before, blockers })),
    planGroup(group, facts, claims),
    planSudoers(desired, facts, claims),
    ...dropped.map((entry) => planAccountRemoval(entry, facts, claims)),
    // After all else: no key may lead to a gate that is not there.
    ...accounts.map(({ keys }) => ({ steps: [keys], blockers: [] })),
    planManifest(claims, known, wanted, false),
  );
}

function* toolBlockers({ sudoers }: DesiredAccess, { programs }: MachineFacts): Generator<string> {
  if (sudoers.length > 0 && !programs.has('sudo')) {
    yield 'The node has no sudo, which the purposes that act on it need; install it there, or leave them out.';
  }
  if (!programs.has('useradd') && !programs.has('adduser')) {
    yield 'The node has neither useradd nor adduser, with which the account could be made.';
  }
}

/** A manifest that lists what is there and what will be: each thing is listed before it is made, and until it is gone. */
function withAll(mine: Manifest | undefined, wanted: Manifest): Manifest {
  if (mine === undefined) return wanted;
  const entries = new Map(mine.accounts.map((entry) => [entry.name, entry]));
  for (const entry of wanted.accounts) {
    const listed = entries.get(entry.name)?.keys ?? [];
    entries.set(entry.name, { ...entry, keys: [...new Set([...listed, ...entry.keys])] });
  }
  return {
    fleet: wanted.fleet,
    // A digest says what was written, so that it changes afterwards.
    gate: mine.gate ?? wanted.gate,
    sudoers: mine.sudoers ?? wanted.sudoers,
    group: wanted.group ?? mine.group,
    accounts: [...entries.values()],
  };
}

/** @param shown whether a manifest that is right is shown */
function planManifest({ path }: Claims, from: Manifest | undefined, to: Manifest, shown: boolean): Plan {
  const text = renderManifest(to);
  const detail = `${path} lists what pipefleet makes here`;
  const change = from === undefined ? 'create' : renderManifest(from) === text ? 'keep' : 'change';
  if (change === 'keep' && !shown) return NOTHING;
  // An account that is about to be made has no number yet; afterwards it has one.
  const numbers = shown ? [] : to.accounts.filter(({ uid }) => uid === undefined);
  const script =
    change === 'keep'
      ? ''
      : putFile(path, text, '644') + numbers.map(({ name }) => listNumber(name, path)).join('');
  return { steps: [{ change, subject: 'manifest', detail, script }], blockers: [] };
}
