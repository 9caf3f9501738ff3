// npm run bench [-- [--keep] NAME…]: measurements beside their alternatives in the same run, for docs/performance.md. Without a
// name it lists them; --keep writes the results from which that document is made.
import { writeFile } from 'node:fs/promises';
import { inCheckout, load } from './lib/checkout.mjs';
import { runHere } from './lib/child.mjs';
import { prepare } from './lib/prepare.mjs';
import { fail, say } from './lib/say.mjs';

const tsc = inCheckout('node_modules', 'typescript', 'bin', 'tsc');
const names = process.argv.slice(2).filter((word) => word !== '--keep');

if ((await prepare()) && (await runHere(process.execPath, [tsc, '-p', 'tsconfig.json'])) === 0) {
  const { BENCHES } = await loadBench('registry.js');
  const unknown = names.filter((name) => name !== 'all' && BENCHES.every((bench) => bench.name !== name));
  if (names.length === 0 || unknown.length > 0) {
    for (const name of unknown) fail(`There is no benchmark ${JSON.stringify(name)}.`);
    for (const { name, what, minutes } of BENCHES) say(`${name.padEnd(12)} ${what} About ${minutes} min.`);
  } else {
    for (const bench of BENCHES) if (names.includes('all') || names.includes(bench.name)) await run(bench);
  }
}

/** @param {import('../bench/result.js').Bench} bench */
async function run(bench) {
  const { keep, renderResult } = await loadBench('result.js');
  const { resultPath } = await loadBench('performance-doc.js');
  const result = keep(bench.name, await bench.run(say));
  process.stdout.write(`\n${renderResult(result)}\n`);
  if (process.argv.includes('--keep'))
    await writeFile(inCheckout(resultPath(bench.name)), `${JSON.stringify(result, undefined, 2)}\n`);
}

/** @param {string} file */
function loadBench(file) {
  return load('.cache', 'typescript', 'bench', file);
}
