/** A repository that the machine's own apt is set up to use. */
export interface AptSource {
  /** With a slash at its end. */
  readonly uri: string;
  /** As configured: a code name or a class such as `stable`, with or without `-security`. */
  readonly suite: string;
}

const IN_RELEASE = /^'(?<uri>[^']+\/)dists\/(?<suite>[^']+)\/InRelease' /;
const SUITE = /^(?<base>[a-z]+)(?<part>[-/](?:security|updates))*$/;
const CLASSES = ['oldoldstable', 'oldstable', 'stable', 'testing', 'unstable', 'sid'];

/**
 * The repositories that apt is set up to use, however its sources are written (one-line lists or deb822) and whether or
 * not it has ever read them.
 *
 * @param output of `apt-get update --print-uris`
 */
export function parseUpdateUris(output: string): AptSource[] {
  const sources = new Map<string, AptSource>();
  for (const line of output.split('\n')) {
    const { uri, suite } = IN_RELEASE.exec(line)?.groups ?? {};
    if (uri !== undefined && suite !== undefined) sources.set(`${uri} ${suite}`, { uri, suite });
  }
  return [...sources.values()];
}

/**
 * Those of the sources that may be the Debian release itself, going by code name or class. Whether one is Debian's
 * decides its signature, not its name.
 *
 * @param codename of the machine's release, such as `bookworm`
 */
export function releaseSources(sources: readonly AptSource[], codename: string): AptSource[] {
  return sources.filter(({ uri, suite }) => {
    const base = SUITE.exec(suite)?.groups?.['base'];
    return base !== undefined && [codename, ...CLASSES].includes(base) && !uri.startsWith('cdrom:');
  });
}

/**
 * A deb822 sources file with the given sources, and with the suite `sid` of every archive among them that holds a whole
 * release. All must be signed by Debian's archive keys.
 *
 * @param keyring absolute path of Debian's archive keyring
 */
export function renderSources(sources: readonly AptSource[], keyring: string): string {
  const suites = new Map<string, Set<string>>();
  for (const { uri, suite } of sources) {
    const known = suites.get(uri) ?? new Set();
    known.add(suite);
    if (SUITE.exec(suite)?.groups?.['part'] === undefined) known.add('sid');
    suites.set(uri, known);
  }
  const stanzas = [...suites].map(
    ([uri, names]) =>
      `Types: deb\nURIs: ${uri}\nSuites: ${[...names].join(' ')}\nComponents: main\nSigned-By: ${keyring}\n`,
  );
  return stanzas.join('\n');
}
