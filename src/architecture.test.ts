import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { HOME_OF, MAY_IMPORT } from './testing/house.js';

const SOURCE = fileURLToPath(new URL('.', import.meta.url));

/** The exporter's own composition root reaches neither the command line nor what stands beside the exporter. */
const EXPORTER_ROOT_MAY_NOT: readonly string[] = ['cli', 'sim', 'stack'];

interface Import {
  readonly file: string;
  readonly specifier: string;
}

const IMPORT =
  /(?:^|[^.\w])(?:import|export)\s[^;]*?from\s*'(?<from>[^']+)'|import\(\s*'(?<dynamic>[^']+)'\s*\)|^import\s+'(?<bare>[^']+)'/gm;

const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.includes('__fixtures__'),
);
/** Tests and their helpers may reach everywhere; what ships may not. */
const shipped = files.filter((file) => !file.endsWith('.test.ts') && !file.includes('testing/'));
const imports: readonly Import[] = shipped.flatMap((file) =>
  [...readFileSync(join(SOURCE, file), 'utf8').matchAll(IMPORT)].map(({ groups }) => ({
    file,
    specifier: groups?.['from'] ?? groups?.['dynamic'] ?? groups?.['bare'] ?? '',
  })),
);

test('the reader of imports sees them', () => {
  expect(imports.length).toBeGreaterThan(150);
});

const layerOf = (file: string): string => file.split('/')[0] ?? '';
const targetLayer = ({ file, specifier }: Import): string =>
  layerOf(relative(SOURCE, resolve(SOURCE, dirname(file), specifier)));

describe('the house', () => {
  test('has the rooms that the map names', () => {
    expect([...new Set(shipped.map(layerOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  test('imports go only where the map allows', () => {
    const wrong = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .filter((found) => {
        const from = layerOf(found.file);
        const to = targetLayer(found);
        return from !== to && !MAY_IMPORT[from]?.includes(to);
      });
    expect(wrong).toEqual([]);
  });

  test('the exporter works without the command line and everything beside it', () => {
    const wrong = imports.filter(
      (found) => found.file === 'bin/exporter.ts' && EXPORTER_ROOT_MAY_NOT.includes(targetLayer(found)),
    );
    expect(wrong).toEqual([]);
  });

  test('every package has its home', () => {
    const wrong = imports
      .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .filter(({ file, specifier }) => !HOME_OF[specifier]?.includes(layerOf(file)));
    expect(wrong).toEqual([]);
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

  test('collectors are pure: no file, no network, no clock', () => {
    const impure = imports.filter(
      ({ file, specifier }) => layerOf(file) === 'collectors' && specifier.startsWith('node:'),
    );
    expect(impure).toEqual([]);
    const clocks = shipped
      .filter((file) => layerOf(file) === 'collectors')
      .filter((file) =>
        /\b(?:Date\.now|new Date\(\)|performance\.now|Math\.random)\b/.test(
          readFileSync(join(SOURCE, file), 'utf8'),
        ),
      );
    expect(clocks).toEqual([]);
  });
});
