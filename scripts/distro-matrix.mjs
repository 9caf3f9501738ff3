// Runs every module's command as an unprivileged account in bare Debian trees of several releases and lists what each
// collector made of it. Needs root and debootstrap; the trees come from the mirror that apt is set up to use, into
// .cache/trees. Arguments are suites.
import { spawnSync } from 'node:child_process';
import { load } from './lib/checkout.mjs';
import { debianTree } from './lib/debian-tree.mjs';
import { prepare } from './lib/prepare.mjs';
import { fail, say } from './lib/say.mjs';

const SUITES = ['bullseye', 'bookworm', 'trixie'];
const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
/** What a small node has. */
const KIND = { name: 'node', options: ['--variant=minbase'] };

/** Runs in a mount namespace of its own; $1 is the tree, $2 the command of a batch. */
const ENTER = `mount --rbind /proc "$1/proc" && mount --rbind /sys "$1/sys" &&
exec chroot --userspec=65534:65534 "$1" /bin/sh -c "$2"`;

if (await prepare()) {
  const suites = process.argv.length > 2 ? process.argv.slice(2) : SUITES;
  for (const suite of suites) if (!(await tryRelease(suite))) fail(`${suite} failed.`);
}

/** @param {string} suite */
async function tryRelease(suite) {
  const tree = await debianTree(suite, KIND);
  if (tree === undefined) return false;
  const [{ COLLECTORS }, { MODULES }, { buildBatch }, { DEFAULT_SOFTWARE }] = await Promise.all(
    ['collectors/registry.js', 'collectors/collector.js', 'collectors/batch.js', 'core/software.js'].map(
      (file) => load('dist', ...file.split('/')),
    ),
  );
  let whole = true;
  for (const module of MODULES) {
    const collectors = COLLECTORS.filter((collector) => collector.module === module && !collector.optIn);
    const batch = buildBatch(collectors, DEFAULT_SOFTWARE);
    const { stdout, stderr, status } = spawnSync(
      'unshare',
      ['--mount', 'sh', '-c', ENTER, 'sh', tree, batch.command(TOKEN)],
      { encoding: 'utf8', maxBuffer: 2 ** 25 },
    );
    const output = batch.split(stdout, TOKEN);
    const results = collectors.map((collector) => {
      const section = output.sections.get(collector.name) ?? { output: '', status: 0 };
      try {
        const samples = collector.parse({ files: output.files, ...section, software: DEFAULT_SOFTWARE });
        return `${collector.name} ${samples.length}`;
      } catch (error) {
        whole = false;
        return `${collector.name} FAILED (${error.message})`;
      }
    });
    whole &&= output.complete;
    say(
      `${suite}, ${module}: ${output.complete ? 'whole' : `CUT OFF with status ${status}: ${stderr.slice(0, 300)}`}`,
    );
    say(`  samples: ${results.join(', ')}`);
  }
  return whole;
}
