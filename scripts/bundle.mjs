// npm run bundle: writes the bundle for a fleet with names and limits of its own; `-- --help` lists the options.
import { inCheckout } from './lib/checkout.mjs';
import { runHere } from './lib/child.mjs';
import { prepare } from './lib/prepare.mjs';

if (await prepare()) {
  const program = inCheckout('dist', 'bin', 'pipefleet.js');
  process.exitCode = await runHere(process.execPath, [program, 'bundle', ...process.argv.slice(2)]);
}
