import { GROUP } from '../../collectors/audit/privilege.js';
import { createGroup, joinGroup, leaveGroup, removeGroup } from './account-scripts.js';
import { type Claims, isShared, placeOf } from './claims.js';
import { type DesiredAccess, sudoersPath } from './desired.js';
import type { MachineFacts } from './facts.js';
import { putSudoers, removeFile } from './file-scripts.js';
import { planFile, removeListed } from './listed-file.js';
import type { ManifestGroup } from './manifest.js';
import { joinPlans, NOTHING, type Plan } from './step.js';

const HEAD = '# Written by pipefleet as a whole: "pipefleet nodes setup" replaces it.\n';
/** The file of versions that kept no manifest, and how it began. */
const EARLIER = '/etc/sudoers.d/pipefleet';
const EARLIER_HEAD = '# Written by pipefleet as a whole: pipefleet nodes setup writes it anew.\n';

/** Files that have to be looked at before {@link planSudoers}. */
export function sudoersFiles(fleet: string): readonly string[] {
  return [sudoersPath(fleet), EARLIER];
}

/** The text of the fleet's file of sudoers; undefined when it needs none. */
export function sudoersText({ sudoers }: Pick<DesiredAccess, 'sudoers'>): string | undefined {
  return sudoers.length === 0 ? undefined : `${HEAD}${sudoers.join('\n')}\n`;
}

/** The fleet's own file of sudoers. */
export function planSudoers(desired: DesiredAccess, facts: MachineFacts, claims: Claims): Plan {
  const path = sudoersPath(desired.fleet);
  const text = sudoersText(desired);
  if (text === undefined) return planSudoersRemoval(facts, claims);
  const own = planFile(
    {
      subject: 'sudoers',
      path,
      text,
      mode: '440',
      detail: `${path}: ${desired.sudoers.length} exact command lines`,
      mayReplace: () => claims.mine?.sudoers !== undefined,
      script: putSudoers(path, text),
    },
    facts,
  );
  return joinPlans(own, planEarlier(desired, facts));
}

/** What an earlier version wrote goes when it is to the byte what belongs into the fleet's own file now. */
function planEarlier({ sudoers }: DesiredAccess, facts: MachineFacts): Plan {
  if (placeOf(facts, EARLIER).text !== `${EARLIER_HEAD}${sudoers.join('\n')}\n`) return NOTHING;
  const detail = `${EARLIER}, where an earlier version wrote these lines`;
  return {
    steps: [{ change: 'remove', subject: 'sudoers', detail, script: removeFile(EARLIER) }],
    blockers: [],
  };
}

/** Takes the fleet's file of sudoers away. */
export function planSudoersRemoval(facts: MachineFacts, { mine, fleet }: Claims): Plan {
  const path = sudoersPath(fleet);
  if (mine?.sudoers === undefined) return NOTHING;
  return removeListed({ subject: 'sudoers', path, script: removeFile(path) }, mine.sudoers, facts);
}

/** The group for the audit as the manifest lists it afterwards; undefined when it is not wanted. */
export function wantedGroup(
  { audit, accounts }: DesiredAccess,
  facts: MachineFacts,
  { mine, others }: Claims,
): ManifestGroup | undefined {
  if (!audit) return undefined;
  const made =
    !facts.groups.has(GROUP) || [mine, ...others].some((manifest) => manifest?.group?.made === true);
  const monitors = accounts.filter(({ keys }) => keys.some(({ purpose }) => purpose === 'monitor'));
  return { name: GROUP, made, members: monitors.map(({ name }) => name) };
}

/** The group whose members the lines of sudoers for the audit are about. */
export function planGroup(group: ManifestGroup | undefined, facts: MachineFacts, claims: Claims): Plan {
  if (group === undefined) return planGroupRemoval(facts, claims);
  const { name, members } = group;
  const there = facts.groups.get(name);
  const listed = [claims.mine, ...claims.others].flatMap((manifest) => manifest?.group ?? []);
  const strangers = there?.filter((member) => !members.includes(member)) ?? [];
  if (listed.length === 0 && strangers.length > 0) {
    return {
      steps: [],
      blockers: [
        `The node has a group ${name} with ${strangers.join(', ')}, to whom pipefleet gives nothing; take them out of it, or leave out --audit.`,
      ],
    };
  }
  const missing = members.filter((member) => there?.includes(member) !== true);
  const detail = `${name} with ${members.join(', ')}: may see what only root may, for the audit`;
  const script = `${there === undefined ? createGroup(name) : ''}${joinGroup(name, missing)}`;
  const change = there === undefined ? 'create' : missing.length > 0 ? 'change' : 'keep';
  return {
    steps: [{ change, subject: 'group', detail, script: change === 'keep' ? '' : script }],
    blockers: [],
  };
}

/** Takes the fleet's accounts out of the group, and the group away when set-up has made it and it has no other members. */
export function planGroupRemoval(facts: MachineFacts, claims: Claims): Plan {
  const group = claims.mine?.group;
  const there = group && facts.groups.get(group.name);
  if (group === undefined || there === undefined) return NOTHING;
  const { name, made, members } = group;
  const kept = claims.others.flatMap((manifest) => manifest.group?.members ?? []);
  const leaving = members.filter((member) => there.includes(member) && !kept.includes(member));
  const empty = there.every((member) => leaving.includes(member));
  const goes = made && empty && !isShared(claims, (manifest) => manifest.group !== undefined);
  if (leaving.length === 0 && !goes) return NOTHING;
  const script = `${leaveGroup(name, leaving)}${goes ? removeGroup(name) : ''}`;
  const detail = goes ? name : `${leaving.join(', ')} from ${name}, which stays`;
  return { steps: [{ change: 'remove', subject: 'group', detail, script }], blockers: [] };
}
