import type { Collector } from './collector.js';
import { parseFile, readDecimal, splitWords } from './text.js';

const PATH = '/proc/loadavg';

const METRICS = ['node_load1', 'node_load5', 'node_load15'] as const;

/** How many tasks want to run. */
export const loadavg: Collector = {
  name: 'loadavg',
  module: 'node',
  summary: 'How many tasks ran or wanted to run, averaged over time.',
  metrics: {
    node_load1: { type: 'gauge', help: 'Load average of the last minute.' },
    node_load5: { type: 'gauge', help: 'Load average of the last five minutes.' },
    node_load15: { type: 'gauge', help: 'Load average of the last fifteen minutes.' },
  },
  files: [PATH],
  parse: (input) =>
    parseFile(input, PATH, (text) => {
      const words = splitWords(text);
      return METRICS.map((metric, index) => ({ metric, value: readDecimal(words[index], PATH) }));
    }),
};
