import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { renderLicencesDoc, runTimePackages } from './licences-doc.js';

/** Anybody may use, change and pass on what is under these, also within something under another licence. */
const PERMISSIVE = ['MIT', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Unlicense'];

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: string }[];
  readonly licenses?: readonly unknown[];
}

interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const packages = runTimePackages();
const sbom = (): string => execFileSync(process.execPath, ['scripts/sbom.mjs'], { encoding: 'utf8' });

test('what runs is licensed so that anybody may use, change and pass it on', () => {
  expect(packages.length).toBeGreaterThan(50);
  expect(packages.filter(({ licence = '' }) => !PERMISSIVE.includes(licence))).toEqual([]);
});

test('docs/licences.md lists all of it', () => {
  const text = renderLicencesDoc()['docs/licences.md'];
  expect(readFileSync('docs/licences.md', 'utf8')).toBe(text);
  for (const { name, version } of packages) expect(text).toContain(`${name} ${version}`);
});

test('the lock file says of each package what its content is, and of none where it was fetched from', () => {
  const { packages: locked } = read('package-lock.json') as {
    packages: Record<string, { integrity?: string; resolved?: string }>;
  };
  const entries = Object.entries(locked).filter(([place]) => place !== '');
  expect(entries.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)).toEqual([]);
  expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test('no install script runs, whatever a package has', () => {
  expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

test('the bill of materials has every package that runs, with its digest and licence, and no other', () => {
  const bom = JSON.parse(sbom()) as Bom;
  expect([bom.bomFormat, bom.specVersion]).toEqual(['CycloneDX', '1.5']);
  const { name, version } = read('package.json') as { name: string; version: string };
  expect(bom.metadata.component).toMatchObject({ name, version });
  const listed = bom.components.map((one) => `${one.name}@${one.version}`).sort();
  expect([...new Set(listed)]).toEqual(packages.map((one) => `${one.name}@${one.version}`).sort());
  const refs = new Set(bom.components.map((one) => one['bom-ref']));
  for (const { ref, dependsOn } of bom.dependencies) {
    expect(refs.has(ref) || ref === `${name}@${version}`).toBe(true);
    expect(dependsOn.filter((to) => !refs.has(to))).toEqual([]);
  }
  for (const { purl, hashes, licenses } of bom.components) {
    expect(purl).toMatch(/^pkg:npm\//);
    expect(hashes.map(({ alg }) => alg)).toContain('SHA-512');
    expect([purl, licenses?.length]).toEqual([purl, 1]);
  }
});

test('the bill of materials is the same for the same lock file, and names no host of a registry', () => {
  const first = sbom();
  expect(sbom()).toBe(first);
  expect((JSON.parse(first) as Bom).serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(first).not.toMatch(/registry\./);
});
