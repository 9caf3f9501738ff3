import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { HOME_OF, HOME_OF_SYSTEM, MAY_IMPORT } from './testing/house.js';

const SOURCE = fileURLToPath(new URL('.', import.meta.url));

/** The exporter's own composition root reaches neither the command line nor what stands beside the exporter. */
const EXPORTER_ROOT_MAY_NOT: readonly string[] = ['bin', 'cli', 'sim', 'stack'];

interface Import {
  readonly file: string;
  readonly specifier: string;
}

/** What reaches a module without an import that the compiler can read: only a quoted name can be judged here. */
const HIDDEN_IMPORT = /\b(?:createRequire|getBuiltinModule)\b|\bimport\(\s*(?:\/\*[^]*?\*\/\s*)*[^\s'"/]/;

/** What a pure function may not ask: the clock, the process, chance, the network. */
const IMPURE =
  /\b(?:Date\.now\b|new Date\(\)|Date\(\)|performance\.now|Math\.random|fetch\()|(?<![-\w])process\.[a-z]/;

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.includes('__fixtures__'),
);
/** Tests and their helpers may reach everywhere; what ships may not. */
const shipped = files.filter((file) => !file.endsWith('.test.ts') && !file.includes('testing/'));
const textOf = (file: string): string => readFileSync(join(SOURCE, file), 'utf8');
/** What a text imports and re-exports, also by `import('…')`, as the compiler reads it; types included. */
const specifiersOf = (text: string): string[] =>
  ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
const imports: readonly Import[] = shipped.flatMap((file) =>
  specifiersOf(textOf(file)).map((specifier) => ({ file, specifier })),
);

describe('the reader of imports', () => {
  test('sees them', () => {
    expect(imports.length).toBeGreaterThan(150);
  });

  test.each([
    ["import { a } from 'a';", ['a']],
    ["import type { a } from 'a';", ['a']],
    ["import 'a';", ['a']],
    ['export * from "a";', ['a']],
    ["const a = await import(/* why */ 'a');", ['a']],
    ["// import 'a';", []],
  ])('reads %s', (text, expected) => {
    expect(specifiersOf(text)).toEqual(expected);
    expect(text).not.toMatch(HIDDEN_IMPORT);
  });

  test.each([
    'import(name)',
    'import(`${name}`)',
    'import(/* why */ name)',
    'createRequire(import.meta.url)',
  ])('refuses %s, which it cannot read', (text) => {
    expect(text).toMatch(HIDDEN_IMPORT);
  });

  test('finds nothing hidden', () => {
    expect(shipped.filter((file) => HIDDEN_IMPORT.test(textOf(file)))).toEqual([]);
  });
});

const layerOf = (file: string): string => file.split('/')[0] ?? '';
/** The file of ours that is imported, as a path below src. */
const targetOf = ({ file, specifier }: Import): string =>
  relative(SOURCE, resolve(SOURCE, dirname(file), specifier)).replace(/\.js$/, '.ts');
const targetLayer = (found: Import): string => layerOf(targetOf(found));
/** The package of an import, which may name a part of it: `csv-parse/sync` is of `csv-parse`. */
const packageOf = (specifier: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
const ours = imports.filter(({ specifier }) => specifier.startsWith('.'));

describe('the house', () => {
  test('has the rooms that the map names', () => {
    expect([...new Set(shipped.map(layerOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  test('imports go only where the map allows', () => {
    const wrong = ours.filter((found) => {
      const from = layerOf(found.file);
      const to = targetLayer(found);
      return from !== to && !MAY_IMPORT[from]?.includes(to);
    });
    expect(wrong).toEqual([]);
  });

  test('what ships needs no test and no helper of tests', () => {
    const wrong = imports.filter(({ specifier }) => /\/testing\/|\.test\./.test(specifier));
    expect(wrong).toEqual([]);
  });

  test('no file imports itself by a detour, not even for its types', () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, way: readonly string[]): void => {
      if (way.includes(file)) cycles.push([...way.slice(way.indexOf(file)), file].join(' → '));
      if (way.includes(file) || done.has(file)) return;
      for (const found of ours.filter((one) => one.file === file)) visit(targetOf(found), [...way, file]);
      done.add(file);
    };
    for (const file of shipped) visit(file, []);
    expect(cycles).toEqual([]);
  });

  test('the exporter works without the command line and everything beside it', () => {
    const wrong = ours.filter(
      (found) => found.file === 'bin/exporter.ts' && EXPORTER_ROOT_MAY_NOT.includes(targetLayer(found)),
    );
    expect(wrong).toEqual([]);
  });

  test('every package has its home', () => {
    const wrong = imports
      .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .filter(({ file, specifier }) => !HOME_OF[packageOf(specifier)]?.includes(layerOf(file)));
    expect(wrong).toEqual([]);
  });

  test.each(Object.entries(HOME_OF_SYSTEM))('%s has its homes, and they use it', (module, homes) => {
    const users = imports.filter(({ specifier }) => specifier === module);
    expect([...new Set(users.map(({ file }) => layerOf(file)))].sort()).toEqual(homes);
  });

  test('every run-time dependency is used, and nothing else is', () => {
    const { dependencies } = JSON.parse(readFileSync(join(SOURCE, '../package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(Object.keys(dependencies).sort()).toEqual(Object.keys(HOME_OF).sort());
  });

  test('files are named in kebab-case', () => {
    expect(
      files.filter((file) => !/^(?:[a-z0-9-]+\/)*[a-z0-9-]+(?:\.browser|\.e2e)?(?:\.test)?\.ts$/.test(file)),
    ).toEqual([]);
  });

  test('collectors are pure: no file, no network, no clock, no chance', () => {
    const impure = imports.filter(
      ({ file, specifier }) => layerOf(file) === 'collectors' && specifier.startsWith('node:'),
    );
    expect(impure).toEqual([]);
    const clocks = shipped
      .filter((file) => layerOf(file) === 'collectors')
      .filter((file) => IMPURE.test(textOf(file)));
    expect(clocks).toEqual([]);
  });
});
