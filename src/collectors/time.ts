import { ParseError } from './collector.js';
import type { Collector } from './collector.js';

/** A `date` that does not know %N prints the letters, or nothing, behind the point. */
const TIME = /^(?<seconds>\d{1,12})(?<fraction>\.\d{1,9})?(?!\d)/;

/** The node's clock, so that its drift can be seen. */
export const time: Collector = {
  name: 'time',
  module: 'node',
  summary: 'The clock of the node, to be compared with that of the scraper.',
  metrics: {
    node_time_seconds: {
      type: 'gauge',
      help: 'Unix time according to the clock of the node.',
      source: 'date +%s.%N',
    },
  },
  script: () => 'date +%s.%N',
  parse: ({ output }) => {
    const { seconds, fraction = '' } = TIME.exec(output)?.groups ?? {};
    if (seconds === undefined) throw new ParseError('date printed no Unix time.');
    return [{ metric: 'node_time_seconds', value: Number(seconds + fraction) }];
  },
};
