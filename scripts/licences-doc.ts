import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package that an installation for running has (`npm ci --omit=dev`). */
export interface RunTimePackage {
  readonly name: string;
  readonly version: string;
  /** As SPDX names it; undefined when the package does not say. */
  readonly licence: string | undefined;
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
}

const DOCUMENT = 'docs/licences.md';

/**
 * Every package that the lock file has for running, by name and version.
 *
 * @param root the checkout, with its packages installed
 */
export function runTimePackages(root = process.cwd()): RunTimePackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const found = Object.entries(packages).flatMap(([place, { version = '', license, dev = false }]) => {
    if (place === '' || dev) return [];
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [{ name, version, licence: license ?? statedBefore(join(root, place)) }];
  });
  const unique = new Map(found.map((one) => [`${one.name}@${one.version}`, one]));
  return [...unique.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** The licence of a package that says it in the form of before 2014, which the lock file passes over. */
function statedBefore(folder: string): string | undefined {
  const { licenses } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly licenses?: readonly { readonly type: string }[];
  };
  return licenses?.map(({ type }) => type).join(' OR ');
}

/** docs/licences.md: path below the checkout → text. */
export function renderLicencesDoc(): Record<string, string> {
  const packages = runTimePackages();
  const byLicence = new Map<string, string[]>();
  for (const { name, version, licence = 'not stated' } of packages) {
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), `${name} ${version}`]);
  }
  const rows = [...byLicence.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, names]) => `| ${licence} | ${names.length} | ${names.join(', ')} |`);
  return {
    [DOCUMENT]: [
      '# Licences',
      '',
      `The ${packages.length} packages that run with pipefleet, as their authors licensed them; pipefleet itself is under [Apache-2.0](../LICENSE). All of these`,
      'licences let anybody use, change and pass on; a test refuses any other. Made from `package-lock.json` by `npm run generate`.',
      '',
      '| licence | packages | |',
      '|---|--:|---|',
      ...rows,
      '',
    ].join('\n'),
  };
}
