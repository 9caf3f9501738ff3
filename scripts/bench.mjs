// npm run bench: the measurements behind docs/decisions.md, each beside its alternative in the same run.
import { inCheckout, load } from './lib/checkout.mjs';
import { runHere } from './lib/child.mjs';
import { prepare } from './lib/prepare.mjs';

const tsc = inCheckout('node_modules', 'typescript', 'bin', 'tsc');

if ((await prepare()) && (await runHere(process.execPath, [tsc, '-p', 'tsconfig.json'])) === 0) {
  const { measureDecisions } = await load('.cache', 'typescript', 'bench', 'decisions.js');
  process.stdout.write(await measureDecisions());
}
