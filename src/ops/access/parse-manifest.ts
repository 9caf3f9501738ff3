import {
  type AccountBefore,
  FORM,
  type Manifest,
  type ManifestAccount,
  type ManifestGroup,
} from './manifest.js';

/** More than any fleet has of accounts and keys on one node. */
const MAX_LINES = 256;

const DIGEST = '[0-9a-f]{64}';
const NAME = '[A-Za-z0-9_][A-Za-z0-9_.@\\\\$-]*';
const PLACE = '-|\\d{1,10}:\\d{1,10}:[0-7]{4}';
const LINES = [
  `fleet (?<fleet>[a-z][a-z0-9-]*)`,
  `gate (?<gate>${DIGEST})`,
  `sudoers (?<sudoers>${DIGEST})`,
  `group (?<group>made|found) (?<groupName>${NAME})(?<members>(?: ${NAME})*)`,
  `account (?<account>${NAME}) (?<uid>-|\\d{1,10}) (?<accountHome>/[^\\p{Cc}]*)`,
  `before (?<before>${NAME}) (?<password>starred|kept) (?<home>${PLACE}) (?<ssh>${PLACE}) (?<keys>${PLACE}) (?<shell>[^\\p{Cc}]*)`,
  `key (?<keyOf>${NAME}) (?<key>[A-Za-z0-9+/]+={0,3})`,
].map((line) => new RegExp(`^${line}$`, 'u'));

/**
 * Reads what {@link renderManifest} has written.
 *
 * @returns undefined when it is something else, or of another form
 */
export function parseManifest(text: string): Manifest | undefined {
  const [form, ...lines] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (form !== FORM || lines.length > MAX_LINES) return undefined;
  const found: { fleet?: string; gate?: string; sudoers?: string; group?: ManifestGroup } = {};
  const accounts = new Map<string, ManifestAccount & { readonly keys: string[] }>();
  for (const line of lines) {
    const words = LINES.map((form) => form.exec(line)?.groups).find((groups) => groups !== undefined);
    if (words === undefined) return undefined;
    const { fleet, gate, sudoers, account, keyOf } = words;
    if (fleet !== undefined) found.fleet = fleet;
    else if (gate !== undefined) found.gate = gate;
    else if (sudoers !== undefined) found.sudoers = sudoers;
    else if (words['group'] !== undefined) found.group = groupOf(words);
    else if (account !== undefined)
      accounts.set(account, {
        name: account,
        uid: words['uid'] === '-' ? undefined : Number(words['uid']),
        home: words['accountHome'] ?? '',
        before: undefined,
        keys: [],
      });
    else {
      const of = accounts.get(keyOf ?? words['before'] ?? '');
      if (of === undefined) return undefined;
      if (keyOf === undefined) accounts.set(of.name, { ...of, before: beforeOf(words) });
      else of.keys.push(words['key'] ?? '');
    }
  }
  const { fleet, gate, sudoers, group } = found;
  return fleet === undefined ? undefined : { fleet, gate, sudoers, group, accounts: [...accounts.values()] };
}

function groupOf(words: Readonly<Record<string, string | undefined>>): ManifestGroup {
  const members = (words['members'] ?? '').split(' ').filter(Boolean);
  return { name: words['groupName'] ?? '', made: words['group'] === 'made', members };
}

function beforeOf(words: Readonly<Record<string, string | undefined>>): AccountBefore {
  const place = (name: string): string | undefined => (words[name] === '-' ? undefined : words[name]);
  return {
    shell: words['shell'] ?? '',
    starred: words['password'] === 'starred',
    home: place('home'),
    ssh: place('ssh'),
    keys: place('keys'),
  };
}
