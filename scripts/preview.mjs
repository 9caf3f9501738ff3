// npm run preview: a picture of each dashboard from real query results, into docs/images. It is not Grafana's own rendering.
import { inCheckout, load } from './lib/checkout.mjs';
import { runHere } from './lib/child.mjs';
import { prepare } from './lib/prepare.mjs';
import { fail, say } from './lib/say.mjs';

const tsc = inCheckout('node_modules', 'typescript', 'bin', 'tsc');

if ((await prepare()) && (await runHere(process.execPath, [tsc, '-p', 'tsconfig.json'])) === 0) {
  const { preview } = await load('.cache', 'typescript', 'grafana', 'preview', 'preview.js');
  for (const sentence of await preview(process.argv.slice(2), say)) fail(sentence);
}
