import type { MachineFacts } from './facts.js';

/** What would keep a key from logging in although everything is in its place, in one sentence each. */
export function* sshdBlockers(name: string, home: string, facts: MachineFacts): Generator<string> {
  const settings = facts.sshd.get(name);
  const first = (keyword: string): string | undefined => settings?.get(keyword)?.[0];
  if (first('pubkeyauthentication') === 'no') {
    yield 'sshd on the node accepts no keys for this account (PubkeyAuthentication no); let it, then try again.';
  }
  const files = (first('authorizedkeysfile') ?? '.ssh/authorized_keys').split(' ');
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
