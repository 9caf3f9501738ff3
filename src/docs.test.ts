import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { COLLECTORS } from './collectors/registry.js';
import { EXPORTER_FAULTS, NETWORK_FAULTS, NODE_FAULTS } from './bin/testing/fault-table.js';
import { checkConfig } from './config/load.js';
import { failureReasons, type FailureReason } from './core/failure.js';
import { backoffSeconds } from './ssh/backoff.js';
import { HOME_OF, MAY_IMPORT } from './testing/house.js';
import { anchorsOf, blocksOf, codeOf, linksOf, tableAfter } from './testing/markdown.js';

const ROOT = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every document for people: those at the top and those in docs. */
const documents = ['.', 'docs'].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const architecture = read('docs/architecture.md');
const decisions = read('docs/decisions.md');
const operations = read('docs/operations.md');

/** What one cell of a table has in backticks. */
const names = (cell: string | undefined): string[] => codeOf(cell ?? '');

describe('docs/operations.md', () => {
  test('has every failure reason, in the order of the code, and nothing else', () => {
    const rows = tableAfter(operations, '## Troubleshooting by failure reason');
    expect(rows.map(([reason]) => reason)).toEqual(failureReasons.map((reason) => `\`${reason}\``));
    for (const [, meaning, mend] of rows) {
      expect(meaning).toMatch(/\.$/);
      expect(mend).toMatch(/[.?]$/);
    }
  });

  test('has configurations that are right', () => {
    const written = blocksOf(operations, 'yaml').filter((block) => block.startsWith('known_hosts:'));
    expect(written).toHaveLength(2);
    const options = { collectors: COLLECTORS, environment: {} };
    for (const text of written) expect(checkConfig(text, 'pipefleet.yml', options).problems).toEqual([]);
  });

  test('has the scrape jobs of the bundle, for another address', () => {
    const [jobs = ''] = blocksOf(operations, 'yaml').filter((block) => block.includes('job_name'));
    const bundle = parse(
      read('prometheus/prometheus.yml').replaceAll('pipefleet:10950', '127.0.0.1:10950'),
    ) as { readonly scrape_configs: readonly { readonly job_name: string }[] };
    expect(parse(jobs)).toEqual(
      bundle.scrape_configs.filter(({ job_name }) => /^pipe-|^pipefleet$/.test(job_name)),
    );
  });
});

describe('docs/architecture.md', () => {
  test('has the map of folders that is enforced', () => {
    const rows = tableAfter(architecture, '## Folders');
    const map = rows.map(([folder, , imports]) => [names(folder)[0], names(imports).sort()]);
    expect(map).toEqual(Object.entries(MAY_IMPORT).map(([folder, may]) => [folder, [...may].sort()]));
    for (const [folder, , , homes] of rows) {
      const [name = ''] = names(folder);
      const packages = Object.keys(HOME_OF).filter((dependency) => HOME_OF[dependency]?.includes(name));
      expect([name, names(homes).sort()]).toEqual([name, packages.sort()]);
    }
  });

  test('names every endpoint that is mounted, and no other', () => {
    const mounted = [...read('src/http/app.ts').matchAll(/app\.(?:get|post|use|all)\(\s*'(?<path>[^']+)'/g)];
    const requests = tableAfter(architecture, '## The wire').flatMap(([request]) => names(request));
    const named = requests.map((request) =>
      request.replace(/^(?:GET|POST) /, '').replace(/\?.*$|(?<=.)\/…$/, ''),
    );
    expect([...new Set(named)].sort()).toEqual(
      [...new Set(mounted.map(({ groups }) => groups?.['path']))].sort(),
    );
  });

  test('has the figures of the backoff', () => {
    const rows = tableAfter(architecture, '**Backoff.**');
    const figures = (reason: FailureReason): string[] =>
      [1, 30].map((failures) => `${backoffSeconds(reason, failures, 1)} s`);
    const listed = new Map(
      rows.flatMap(([reasons, ...shown]) => names(reasons).map((reason) => [reason, shown] as const)),
    );
    const rest = rows.at(-1)?.slice(1);
    expect(rows.at(-1)?.[0]).toBe('any other');
    for (const reason of failureReasons) {
      expect([reason, listed.get(reason) ?? rest]).toEqual([reason, figures(reason)]);
    }
  });
});

describe('docs/security.md', () => {
  const security = read('docs/security.md');
  const bounds = tableAfter(security, '## What can be held of us');

  test('has a test for each bound, and for each promise about files, confinement and supply chain', () => {
    for (const heading of ['can be held of us', 'files they are', 'it is shut in', 'it is made of']) {
      const rows = tableAfter(security, heading);
      for (const row of rows) {
        const tests = names(row.at(-1));
        expect([row[0], tests]).not.toEqual([row[0], []]);
        for (const path of tests) expect(path).toMatch(/\.test\.ts$/);
      }
    }
  });

  test('names every file that takes in bytes by itself', () => {
    const TAKES_IN = /\breadFile(?:Sync)?\(|\.on\('(?:data|message)'|createReadStream\(|Buffer\.concat\(/;
    const named = new Set(bounds.flatMap((row) => names(row[3])));
    const shipped = filesBelow(join(ROOT, 'src'))
      .map((path) => relative(ROOT, path))
      // Tools of a checkout and simulated nodes are no part of the exporter; parsers are pure.
      .filter(
        (path) =>
          path.endsWith('.ts') && !/\.test\.ts$|\/testing\/|^src\/(?:sim|stack|collectors)\//.test(path),
      );
    const found = shipped.filter((path) => TAKES_IN.test(read(path)));
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter((path) => !named.has(path))).toEqual([]);
  });
});

describe('docs/reliability.md has every fault of the suite, in its order, and nothing else', () => {
  const text = read('docs/reliability.md');

  test.each([
    ['## The network', NETWORK_FAULTS],
    ['## The node', NODE_FAULTS],
  ])('%s', (title, faults) => {
    // What a recovery took is of one run.
    expect(tableAfter(text, title).map((cells) => cells.slice(0, 4))).toEqual(
      faults.map(({ name, what, reason, or, recovery }) => [
        `\`${name}\``,
        what,
        [reason, ...(or ? [or] : [])].map((word) => `\`${word}\``).join(' or '),
        recovery,
      ]),
    );
  });

  test('## The exporter', () => {
    expect(tableAfter(text, '## The exporter')).toEqual(
      EXPORTER_FAULTS.map(({ name, what, then }) => [`\`${name}\``, what, then]),
    );
  });
});

describe('docs/decisions.md', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;

  test.each([
    ['### Run time', dependencies],
    ['### Development', devDependencies],
  ])('has a reason for each dependency below "%s", and for no other', (heading, wanted) => {
    const rows = tableAfter(decisions, heading);
    expect(rows.map(([name]) => names(name)[0])).toEqual(Object.keys(wanted).sort());
    for (const [, why] of rows) expect(why).toMatch(/^\S.+\.$/);
  });
});

test('CHANGELOG.md begins with the version of package.json', () => {
  const { version } = JSON.parse(read('package.json')) as { readonly version: string };
  expect(/^## (?<version>\S+) \/ /m.exec(read('CHANGELOG.md'))?.groups?.['version']).toBe(version);
});

describe.each(documents)('%s', (document) => {
  test('links to what exists, headings included', () => {
    const broken = linksOf(read(document)).filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : join(dirname(document), decodeURI(path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('names files that exist', () => {
    const paths = codeOf(read(document)).filter((code) =>
      /^(?:src|docs|scripts|deploy|grafana|prometheus|alertmanager)\/[\w./-]+$/.test(code),
    );
    // NAME stands for any name.
    const missing = paths.filter((path) => !path.includes('NAME') && !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });
});

test('no file names the host of a package registry or of a mirror: that is the business of a machine', () => {
  const HOST =
    /\b(?:registry|npm|deb|ftp|mirrors?|artifactory|nexus|pypi)\.[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:org|com|net|io|dev)\b/i;
  const found = filesBelow(ROOT)
    .filter((path) => HOST.test(readFileSync(path, 'utf8')))
    .map((path) => relative(ROOT, path));
  expect(found).toEqual([]);
});

/** Every file of the project, without what is installed, built or fetched. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const ours = !['node_modules', 'dist', 'coverage', 'secrets', '.git', '.cache', '.run'].includes(
        entry.name,
      );
      return ours ? filesBelow(path) : [];
    }
    return entry.isFile() ? [path] : [];
  });
}
