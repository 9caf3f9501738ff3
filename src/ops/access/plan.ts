import { gateDigest } from '../../gate/gates.js';
import { GROUP } from '../../collectors/audit/privilege.js';
import { ACCOUNT_COMMENT, homeOf, SUDOERS_FILE, type DesiredAccess, type DesiredAccount } from './desired.js';
import type { AccountFacts, FileFacts, MachineFacts } from './facts.js';
import type { FactsRequest } from './facts-script.js';
import { keyLinesOf, mergeKeys } from './key-lines.js';
import * as steps from './step-scripts.js';

/** What is done about one thing on the node. `keep` is shown and not done. */
export interface Step {
  readonly change: 'create' | 'change' | 'remove' | 'keep';
  /** What it is about: account, folder, gate, sudoers, group or key. */
  readonly subject: string;
  /** What will be, in words. */
  readonly detail: string;
  /** POSIX sh, run as root under `set -eu`; empty for `keep`. */
  readonly script: string;
}

/** What will be done on a node, in this order, and why it cannot be done when it cannot. */
export interface Plan {
  readonly steps: readonly Step[];
  /** Sentences; a plan with one is not applied. */
  readonly blockers: readonly string[];
}

export interface PlanOptions {
  /** Take over an account of that name which pipefleet has not made. */
  readonly adopt: boolean;
}

/** Whether a plan would change anything. */
export function changesAnything({ steps: all }: Plan): boolean {
  return all.some(({ change }) => change !== 'keep');
}

/** What has to be known before {@link planAccess} or {@link planRemoval}. */
export function factsFor(accounts: readonly string[], gatePath: string): FactsRequest {
  const folders = accounts.flatMap((name) => [`~${name}/`, `~${name}/.ssh`, `~${name}/.ssh/authorized_keys`]);
  return { accounts, groups: [GROUP], files: [gatePath, SUDOERS_FILE, ...folders] };
}

/**
 * The steps from what a machine is to what is wanted. Pure. A step that would change nothing is `keep`, so that a plan that was
 * applied plans nothing the next time. What locks somebody out, or takes over what is not ours, is a blocker.
 */
export function planAccess(desired: DesiredAccess, facts: MachineFacts, { adopt }: PlanOptions): Plan {
  const blockers: string[] = [];
  if (desired.sudoers.length > 0 && !facts.programs.has('sudo')) {
    blockers.push(
      'The node has no sudo, which the purposes that act on it need; install it there, or leave them out.',
    );
  }
  if (!facts.programs.has('useradd') && !facts.programs.has('adduser')) {
    blockers.push('The node has neither useradd nor adduser, with which the account could be made.');
  }
  const planned = desired.accounts.map((account) => {
    const found = facts.accounts.get(account.name);
    blockers.push(
      ...accountBlockers(account.name, found, adopt || hasOurKeys(found, facts)),
      ...sshdBlockers(account.name, found, facts),
    );
    return planAccount(account, found, facts);
  });
  return {
    steps: [
      planGate(desired, facts),
      ...planned.flatMap(({ before }) => before),
      ...planSudoers(desired, facts),
      // Last: no key may lead to a gate that is not there.
      ...planned.map(({ keys }) => keys),
    ],
    blockers,
  };
}

/** The steps that take away what {@link planAccess} brings: keys first, and of accounts only those that pipefleet has made. */
export function planRemoval(accounts: readonly string[], gatePath: string, facts: MachineFacts): Plan {
  const planned: Step[] = [];
  for (const name of accounts) {
    const found = facts.accounts.get(name);
    if (found === undefined) continue;
    const { home, comment } = found;
    const file = facts.files.get(`${home}/.ssh/authorized_keys`);
    if (comment === ACCOUNT_COMMENT) {
      // A home that somebody has changed since may be anything, and is not deleted.
      const own = home === homeOf(name);
      const detail = `account ${name} with its keys${own ? ` and ${home}` : `; ${home} stays`}`;
      const script = steps.removeAccount(name, home, own);
      planned.push({ change: 'remove', subject: 'account', detail, script });
    } else if (file?.text !== undefined && keyLinesOf(file.text).some(({ ours }) => ours)) {
      const detail = `pipefleet's keys of ${name}; the account stays, since pipefleet has not made it`;
      const kept = mergeKeys(file.text, []).text;
      planned.push({
        change: 'remove',
        subject: 'key',
        detail,
        script: steps.writeFile(`${home}/.ssh/authorized_keys`, kept, '644'),
      });
    }
  }
  for (const [subject, path] of [
    ['sudoers', SUDOERS_FILE],
    ['gate', gatePath],
  ] as const) {
    if (!facts.files.has(path)) continue;
    planned.push({ change: 'remove', subject, detail: path, script: steps.removeFile(path) });
  }
  return { steps: planned, blockers: [] };
}

function planGate({ gate }: DesiredAccess, facts: MachineFacts): Step {
  const found = facts.files.get(gate.path);
  const detail = `${gate.path}, version ${gate.version}, sha256 ${gate.digest.slice(0, 16)}…`;
  if (found?.text === gate.text && isRoots(found) && found.mode === '755') {
    return { change: 'keep', subject: 'gate', detail, script: '' };
  }
  const was = found?.text === undefined ? '' : ` (was sha256 ${gateDigest(found.text).slice(0, 16)}…)`;
  return {
    change: found === undefined ? 'create' : 'change',
    subject: 'gate',
    detail: detail + was,
    script: steps.writeFile(gate.path, gate.text, '755'),
  };
}

function planAccount(
  { name, keys }: DesiredAccount,
  found: AccountFacts | undefined,
  facts: MachineFacts,
): { readonly before: readonly Step[]; readonly keys: Step } {
  const home = found?.home ?? homeOf(name);
  const path = `${home}/.ssh/authorized_keys`;
  const before = [planLogin(name, found, home), planFolders(name, home, facts)];
  const file = facts.files.get(path);
  const { text, added, removed, foreign } = mergeKeys(file?.text ?? '', keys);
  const words = [
    keys.map(({ purpose, fingerprint }) => `${purpose} ${fingerprint}`).join(', '),
    ...(removed > 0 ? [`${removed} older of ours goes`] : []),
    ...(foreign > 0 ? [`${foreign} not of ours stays`] : []),
  ];
  const same = file !== undefined && file.text === text && isRoots(file) && file.mode === '644';
  return {
    before,
    keys: {
      change: same ? 'keep' : added > 0 && removed === 0 && foreign === 0 ? 'create' : 'change',
      subject: 'key',
      detail: `${name}: ${words.join('; ')}`,
      script: same ? '' : steps.writeFile(path, text, '644'),
    },
  };
}

function planLogin(name: string, found: AccountFacts | undefined, home: string): Step {
  const detail = `${name}, without a password, shell /bin/sh, home ${home}`;
  if (found === undefined)
    return { change: 'create', subject: 'account', detail, script: steps.createAccount(name, home) };
  const right = found.shell === '/bin/sh' && (found.password === 'none' || found.password === 'unknown');
  if (right) return { change: 'keep', subject: 'account', detail, script: '' };
  return { change: 'change', subject: 'account', detail, script: steps.changeAccount(name) };
}

/** Home and .ssh belong to root, so that the account itself cannot loosen what its keys may do. */
function planFolders(name: string, home: string, facts: MachineFacts): Step {
  const folders = [home, `${home}/.ssh`];
  const right = folders.every((path) => {
    const found = facts.files.get(path) ?? facts.files.get(`${path}/`);
    return found !== undefined && isRoots(found) && found.mode === '755';
  });
  const exists = facts.files.has(`${home}/.ssh`);
  return {
    change: right ? 'keep' : exists ? 'change' : 'create',
    subject: 'folder',
    detail: `${home} and .ssh belong to root: ${name} cannot change what its keys may do`,
    script: right ? '' : steps.ownFolders(folders),
  };
}

function* planSudoers({ sudoers, accounts, audit }: DesiredAccess, facts: MachineFacts): Generator<Step> {
  const found = facts.files.get(SUDOERS_FILE);
  if (sudoers.length === 0) {
    if (found !== undefined)
      yield {
        change: 'remove',
        subject: 'sudoers',
        detail: SUDOERS_FILE,
        script: steps.removeFile(SUDOERS_FILE),
      };
    return;
  }
  if (audit) {
    const members = accounts
      .filter(({ keys }) => keys.some(({ purpose }) => purpose === 'monitor'))
      .map(({ name }) => name);
    const detail = `${GROUP} with ${members.join(', ')}: may see what only root may, for the audit`;
    const there = facts.groups.get(GROUP);
    const right = there !== undefined && members.every((member) => there.includes(member));
    const change = right ? 'keep' : there === undefined ? 'create' : 'change';
    yield { change, subject: 'group', detail, script: right ? '' : steps.joinGroup(GROUP, members) };
  }
  const text = `# Written by pipefleet as a whole: pipefleet nodes setup writes it anew.\n${sudoers.join('\n')}\n`;
  const same = found?.text === text && isRoots(found) && found.mode === '440';
  yield {
    change: same ? 'keep' : found === undefined ? 'create' : 'change',
    subject: 'sudoers',
    detail: `${SUDOERS_FILE}: ${sudoers.length} exact command lines`,
    script: same ? '' : steps.writeSudoers(SUDOERS_FILE, text),
  };
}

/** An account with keys of pipefleet's was taken over before. */
function hasOurKeys(found: AccountFacts | undefined, facts: MachineFacts): boolean {
  const text = found && facts.files.get(`${found.home}/.ssh/authorized_keys`)?.text;
  return text !== undefined && keyLinesOf(text).some(({ ours }) => ours);
}

function* accountBlockers(name: string, found: AccountFacts | undefined, adopt: boolean): Generator<string> {
  if (found === undefined) return;
  if (found.uid === 0) {
    yield `${name} is root on the node, which no key of pipefleet may be; name another user in its credential.`;
  } else if (found.comment !== ACCOUNT_COMMENT && !adopt) {
    yield `The node has an account ${name} that pipefleet has not made; name another user in its credential, or take it over with --adopt, which gives its home to root.`;
  } else if (!found.home.startsWith('/') || ['/', '/root', '/home', '/var', '/etc'].includes(found.home)) {
    yield `The home of ${name} on the node is ${found.home}, which cannot be given away; name another user in its credential.`;
  }
}

/** What would keep the key from logging in although everything is in its place. */
function* sshdBlockers(
  name: string,
  found: AccountFacts | undefined,
  facts: MachineFacts,
): Generator<string> {
  const settings = facts.sshd.get(name);
  const first = (keyword: string): string | undefined => settings?.get(keyword)?.[0];
  if (first('pubkeyauthentication') === 'no') {
    yield 'sshd on the node accepts no keys for this account (PubkeyAuthentication no); let it, then try again.';
  }
  const files = (first('authorizedkeysfile') ?? '.ssh/authorized_keys').split(' ');
  const home = found?.home ?? homeOf(name);
  const usual = ['.ssh/authorized_keys', '%h/.ssh/authorized_keys', `${home}/.ssh/authorized_keys`];
  if (!files.some((file) => usual.includes(file))) {
    yield `sshd on the node reads keys from ${files.join(' ')} alone (AuthorizedKeysFile); let it read .ssh/authorized_keys for ${name}.`;
  }
  const allowed = settings?.get('allowusers');
  if (allowed !== undefined && !allowed.some((user) => user.split('@')[0] === name || /[*?]/.test(user))) {
    yield `sshd on the node admits only ${allowed.length === 1 ? 'one user' : 'certain users'} (AllowUsers); add ${name} there, then try again.`;
  }
  if (settings?.get('denyusers')?.includes(name) === true) {
    yield `sshd on the node refuses ${name} (DenyUsers); take it out there, then try again.`;
  }
  if (settings?.has('allowgroups') === true) {
    const groups = settings.get('allowgroups') ?? [];
    if (!groups.some((group) => group === name || /[*?]/.test(group)))
      yield `sshd on the node admits only certain groups (AllowGroups); add the group ${name} there, then try again.`;
  }
}

function isRoots({ owner }: FileFacts): boolean {
  return owner === 'root:root';
}
