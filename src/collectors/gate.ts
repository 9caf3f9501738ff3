import { ParseError } from './collector.js';
import type { Collector } from './collector.js';

/** Only the gate is a file of that name that runs the script; it has its version in `$_gate`. */
const SCRIPT = `case $0 in */gate) x=$(sha256sum <"$0" 2>/dev/null) && echo "$_gate \${x%% *}" ;; esac`;

const ANSWER = /^(?<version>[0-9A-Za-z.+-]{1,64}) (?<digest>[0-9a-f]{64})\n$/;

/** The gate that answered: which one it is, and whether it is the one that it should be. */
export const gate: Collector = {
  name: 'gate',
  module: 'inventory',
  summary:
    'The [gate](gate.md) of the node, when it is what answered; a node that lets its key run a shell has none. ' +
    'Whether it is current is known where the answer is read by an exporter that knows the modules and settings of the node.',
  metrics: {
    pipefleet_gate_info: {
      type: 'gauge',
      help: 'Always 1; the version of pipefleet that made the gate of the node, and the SHA-256 of the file as it lies there.',
      labels: ['version', 'digest'],
      source: 'sha256sum',
    },
    pipefleet_gate_current: {
      type: 'gauge',
      help: '1 when the gate of the node is the one that this exporter would install there, else 0.',
      source: 'sha256sum',
    },
  },
  script: () => SCRIPT,
  parse: ({ output, expectedGate }) => {
    if (output === '') return [];
    const { version, digest } = ANSWER.exec(output)?.groups ?? {};
    if (version === undefined || digest === undefined) {
      throw new ParseError('The gate did not state its version and digest.');
    }
    const info = { metric: 'pipefleet_gate_info', labels: { version, digest }, value: 1 };
    if (expectedGate === undefined) return [info];
    return [info, { metric: 'pipefleet_gate_current', value: digest === expectedGate ? 1 : 0 }];
  },
};
