// npm run bench: the measurements behind docs/decisions.md, each beside its alternative in the same run, and what a probe
// costs the node beside node_exporter.
import { inCheckout, load } from './lib/checkout.mjs';
import { runHere } from './lib/child.mjs';
import { prepare } from './lib/prepare.mjs';

const tsc = inCheckout('node_modules', 'typescript', 'bin', 'tsc');

if ((await prepare()) && (await runHere(process.execPath, [tsc, '-p', 'tsconfig.json'])) === 0) {
  const { measureDecisions } = await load('.cache', 'typescript', 'bench', 'decisions.js');
  process.stdout.write(await measureDecisions());
  if (process.getuid?.() === 0) {
    const { measureNodeCost } = await load('.cache', 'typescript', 'bench', 'node-cost.js');
    process.stdout.write(`\n${await measureNodeCost()}`);
  } else {
    process.stdout.write('\nCPU on the node is not measured: counting it needs root, for a control group.\n');
  }
}
