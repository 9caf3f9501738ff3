import { quote } from '../core/shell.js';
import type { Collector } from './collector.js';
import { readEarnings } from './pipe-node/earnings-text.js';
import { LIMITED } from './pipe-node/http-client.js';
import { installations } from './pipe-node/installations.js';
import { safeProgram } from './pipe-node/safe-program.js';
import { collectSamples, gauge } from './pipe-node/samples.js';

/** The documented command of the mainnet CDN software; without its word the program would start a node. */
const PROGRAM = '/opt/pipe/pop';
const COMMAND = `${PROGRAM} earnings`;
/** What mainnet has beside its program. Devnet may have the same folder, where an argument that is not known starts a node. */
const SETTINGS = '/opt/pipe/.env';
const OUTPUT_BYTES = 8_192;

/**
 * Runs the command, which nobody but root or the account itself could have put there, in the root folder, where an account that is not root cannot leave anything, with nothing of the
 * environment, and for 4 s at most.
 */
const CHILD = `${LIMITED}
cd / && o=$(l 4 ${COMMAND} | head -c ${OUTPUT_BYTES})
printf %s "$o"`;

/** What the mainnet CDN software says that the node has earned. */
export const pipeEarnings: Collector = {
  name: 'pipe-earnings',
  module: 'node',
  optIn: true,
  summary:
    'Experimental: what `/opt/pipe/pop earnings` of the mainnet CDN software prints, of which a single sample is documented. It runs the node software’s own program, and is read only where a module names it; the account needs the right to run that program.',
  metrics: {
    pipe_node_earnings_dollars: gauge(
      'Earnings in dollars as the node software states them: total, not paid yet, paid, and those of the current period.',
      'mainnet: `pop earnings`',
      ['state'],
    ),
    pipe_node_earnings_quality_multiplier: gauge(
      'Factor by which the network multiplies earnings for quality.',
      'mainnet: `pop earnings`',
    ),
  },
  needs: [installations, safeProgram],
  script: () => `case $G in
*mainnet*) [ -e ${SETTINGS} ] && o ${PROGRAM} && t 5 env -i PATH="$PATH" LC_ALL=C sh -c ${quote(CHILD.trim())} ;;
esac`,
  parse({ output }) {
    const { samples, add } = collectSamples();
    if (output.trim() === '') return samples;
    const { amounts, multiplier } = readEarnings(output);
    for (const [state, value] of amounts) add('pipe_node_earnings_dollars', value, { state });
    add('pipe_node_earnings_quality_multiplier', multiplier);
    return samples;
  },
};
