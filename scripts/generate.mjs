// npm run generate: writes the files that are made from sources. With --check it only says which of them are stale.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inCheckout, load } from './lib/checkout.mjs';
import { runHere } from './lib/child.mjs';
import { installDependencies } from './lib/dependencies.mjs';
import { checkNodeVersion } from './lib/node-version.mjs';
import { fail, say } from './lib/say.mjs';

const COMPILED = join('.cache', 'typescript');

/**
 * What is made of what. Each renders all its files: path below the checkout → text.
 *
 * @type {readonly { source: string, render: (module: any) => Record<string, string> | Promise<Record<string, string>> }[]}
 */
const GENERATORS = [
  {
    source: 'src/bundle/committed.ts',
    render: ({ committedFiles }) => committedFiles(),
  },
  {
    source: 'src/metrics/metrics-doc.ts',
    render: async ({ renderMetricsDoc }) => ({ 'docs/metrics.md': await renderMetricsDoc() }),
  },
  {
    source: 'src/collectors/audit/audit-doc.ts',
    render: ({ renderAuditDoc }) => ({ 'docs/audit.md': renderAuditDoc() }),
  },
  {
    source: 'bench/performance-doc.ts',
    render: ({ renderPerformanceDoc }) => renderPerformanceDoc(),
  },
  {
    source: 'bench/soak-graph.ts',
    render: ({ renderSoakGraph }) => renderSoakGraph(),
  },
  {
    source: 'scripts/licences-doc.ts',
    render: ({ renderLicencesDoc }) => renderLicencesDoc(),
  },
  {
    source: 'src/config/json-schema.ts',
    render: ({ renderJsonSchema }) => ({ 'docs/pipefleet.schema.json': renderJsonSchema() }),
  },
];

if (checkNodeVersion() && (await installDependencies()) && (await compile())) {
  const files = await renderAll();
  await (process.argv.includes('--check') ? check(files) : write(files));
}

async function compile() {
  await rm(inCheckout(COMPILED), { recursive: true, force: true });
  const tsc = inCheckout('node_modules', 'typescript', 'bin', 'tsc');
  const code = await runHere(process.execPath, [tsc, '-p', 'tsconfig.json', '--noEmitOnError']);
  if (code !== 0) fail('The sources do not compile: see above.');
  return code === 0;
}

/** @returns {Promise<Map<string, string>>} path below the checkout → text */
async function renderAll() {
  const files = new Map();
  for (const { source, render } of GENERATORS) {
    if (!existsSync(inCheckout(source))) continue;
    const compiled = join(COMPILED, source.replace(/\.ts$/, '.js'));
    const rendered = await render(await load(compiled));
    for (const [path, text] of Object.entries(rendered)) files.set(path, text);
  }
  for (const path of await leftOver(files)) files.set(path, undefined);
  return files;
}

/**
 * Dashboards that no source makes any more.
 *
 * @param {ReadonlyMap<string, string>} files
 */
async function leftOver(files) {
  const names = await readdir(inCheckout('grafana', 'dashboards')).catch(() => []);
  return names
    .map((name) => `grafana/dashboards/${name}`)
    .filter((path) => path.endsWith('.json') && !files.has(path));
}

/** @param {ReadonlyMap<string, string | undefined>} files */
async function check(files) {
  let stale = 0;
  for (const [path, text] of files) {
    if ((await current(path)) === text) continue;
    stale += 1;
    fail(`${path} is stale.`);
  }
  if (stale > 0) fail('Run "npm run generate" and commit what it writes.');
  else say(`All ${files.size} generated files are up to date.`);
}

/** @param {ReadonlyMap<string, string | undefined>} files */
async function write(files) {
  for (const [path, text] of files) {
    if ((await current(path)) === text) continue;
    if (text === undefined) {
      await rm(inCheckout(path));
      say(`Removed ${path}.`);
      continue;
    }
    await mkdir(dirname(inCheckout(path)), { recursive: true });
    await writeFile(inCheckout(path), text);
    say(`Wrote ${path}.`);
  }
}

/** @param {string} path */
function current(path) {
  return readFile(inCheckout(path), 'utf8').catch(() => undefined);
}
