// npm run backtest [-- SEED…]: the predictive and anomaly alerts over simulated fleets with known faults, for docs/alerting.md.
import { inCheckout, load } from './lib/checkout.mjs';
import { runHere } from './lib/child.mjs';
import { prepare } from './lib/prepare.mjs';
import { say } from './lib/say.mjs';

const tsc = inCheckout('node_modules', 'typescript', 'bin', 'tsc');

if ((await prepare()) && (await runHere(process.execPath, [tsc, '-p', 'tsconfig.json'])) === 0) {
  const { backtest, report } = await load('.cache', 'typescript', 'bench', 'backtest', 'backtest.js');
  const seeds = process.argv.slice(2).map(Number);
  process.stdout.write(`${report(await backtest(seeds.length > 0 ? seeds : [11, 12], say))}\n`);
}
