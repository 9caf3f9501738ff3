// Runs both commands of the README on bare machines, as an ordinary user who has only git and Node.js: once quiet, and once with every
// processor kept busy. The machines are Debian trees below .cache/trees; what is cloned there is what is committed here. Needs root and
// debootstrap. Arguments are suites of Debian.
import { checkout } from './lib/checkout.mjs';
import { bareMachine, cloneInto, runOn } from './lib/bare-machine.mjs';
import { prepare } from './lib/prepare.mjs';
import { fail, say } from './lib/say.mjs';

const SUITES = ['bookworm', 'trixie'];
/** Blanks, and letters that are not ASCII: a path may have both. */
const NAME = 'my pipefleet é';

if (process.getuid?.() !== 0) fail('This needs root: it makes a tree and changes its root to it.');
else if (await prepare()) {
  const suites = process.argv.length > 2 ? process.argv.slice(2) : SUITES;
  for (const suite of suites) {
    if (await passes(suite)) say(`${suite} passed.`);
    else fail(`${suite} failed.`);
  }
}

/** @param {string} suite */
async function passes(suite) {
  const tree = await bareMachine(suite);
  const place = tree === undefined ? undefined : cloneInto(tree, checkout, NAME);
  if (tree === undefined || place === undefined) return false;
  return ['quiet', 'busy'].every((how) => {
    say(`\n== ${suite}, ${how}`);
    return runOn(tree, `cd '${place}' && sh scripts/lib/both-commands.sh ${how}`) === 0;
  });
}
