import { BATCH_EPILOGUE, BATCH_PROLOGUE } from '../../collectors/batch.js';
import { batchDigest } from '../batch-digest.js';
import type { Verb } from '../verb.js';

/** One probe: the batch of a module, as the exporter would send it to a node without a gate. */
export const monitor: Verb = {
  name: 'monitor',
  purposes: ['monitor'],
  summary: 'Run what a module of the exporter reads.',
  args: [
    {
      name: 'MODULE',
      words: ({ modules }) => [...modules.keys()],
      otherwise: 'this gate has no module of that name; renew it with: pipefleet nodes setup',
    },
    {
      name: 'TOKEN',
      characters: '0-9a-f',
      length: [32, 32],
      otherwise: 'a token is 32 hexadecimal digits',
    },
  ],
  // A shell reads no further than it must: a block a module, the first of which is asked most.
  script: ({ modules }) => `if [ "$verb" = monitor ]; then
set +f
unset IFS
module=$1 T=$2 _gate=$version
case $module in
${Array.from(modules, ([name, batch]) => `${name}) _made=${batchDigest(batch)} ;;`).join('\n')}
esac
printf '@%s gate %s %s\\n' "$T" "$_gate" "$_made"
${BATCH_PROLOGUE}fi
${Array.from(modules, ([name, { body }]) => moduleBlock(name, body)).join('')}`,
};

function moduleBlock(name: string, body: string): string {
  return `
# What monitor ${name} runs.
if [ "$module" = ${name} ]; then
${body}${BATCH_EPILOGUE}exit 0
fi
`;
}
