/** What set-up has made on a node for one fleet: what may be changed unasked, and what is taken away again. */
export interface Manifest {
  readonly fleet: string;
  /** SHA-256 of the gate that was written; undefined when there is none. */
  readonly gate: string | undefined;
  /** SHA-256 of the fleet's own file of sudoers; undefined when there is none. */
  readonly sudoers: string | undefined;
  readonly group: ManifestGroup | undefined;
  readonly accounts: readonly ManifestAccount[];
}

export interface ManifestGroup {
  readonly name: string;
  /** Whether set-up made it, or found it. */
  readonly made: boolean;
  readonly members: readonly string[];
}

export interface ManifestAccount {
  readonly name: string;
  /** Its number; undefined until it was made. */
  readonly uid: number | undefined;
  readonly home: string;
  /** What an account that was there was before; undefined for one that set-up made. */
  readonly before: AccountBefore | undefined;
  /** The keys that set-up has put there, in base64. */
  readonly keys: readonly string[];
}

/** What is given back to an account that was taken over. */
export interface AccountBefore {
  readonly shell: string;
  /** Whether a star was put before its password, which then opens nothing. */
  readonly starred: boolean;
  /** Numbers of owner and group, and all permission bits in octal, such as `1000:33:2750`; undefined for what was not there. */
  readonly home: string | undefined;
  readonly ssh: string | undefined;
  readonly keys: string | undefined;
}

/** The first line; another number is another form. */
export const FORM = 'pipefleet-manifest 1';
const HEAD = `# What pipefleet has made on this machine for one fleet: "pipefleet nodes setup" writes this list, and "pipefleet nodes remove"
# takes away what is on it, and nothing else.
`;

/** Path of the manifest of a fleet: in the folder of the gate. */
export function manifestPath(gatePath: string, fleet: string): string {
  return `${folderOf(gatePath)}/manifest-${fleet}`;
}

/** The folder of an absolute path. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** A manifest as it is written; the same manifest gives the same text. */
export function renderManifest({ fleet, gate, sudoers, group, accounts }: Manifest): string {
  const lines = [
    FORM,
    `fleet ${fleet}`,
    ...(gate === undefined ? [] : [`gate ${gate}`]),
    ...(sudoers === undefined ? [] : [`sudoers ${sudoers}`]),
    ...(group === undefined
      ? []
      : [`group ${group.made ? 'made' : 'found'} ${[group.name, ...group.members].join(' ')}`]),
    ...accounts.flatMap((account) => [...accountLines(account)]),
  ];
  return `${HEAD}${lines.join('\n')}\n`;
}

/** How the line of an account begins; on a node that made it just now, its number takes the place of the dash. */
export function accountLine(name: string, uid: number | undefined): string {
  return `account ${name} ${uid ?? '-'} `;
}

function* accountLines({ name, uid, home, before, keys }: ManifestAccount): Generator<string> {
  yield `${accountLine(name, uid)}${home}`;
  if (before !== undefined) {
    const places = [before.home, before.ssh, before.keys].map((place) => place ?? '-').join(' ');
    yield `before ${name} ${before.starred ? 'starred' : 'kept'} ${places} ${before.shell}`;
  }
  for (const key of keys) yield `key ${name} ${key}`;
}
