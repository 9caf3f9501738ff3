import { ParseError } from './collector.js';
import type { Collector, CollectorInput, Sample } from './collector.js';
import { splitWords } from './text.js';
import { PERL_TIMEX, readTimex } from './timex.js';
import { TIMEX_METRICS } from './timex-metrics.js';

const CLOCKSOURCES = '/sys/devices/system/clocksource';
const CLOCKSOURCE = /\/clocksource[^/]*\/(?<kind>available|current)_clocksource$/;

/** A `date` that does not know %N prints the letters, or nothing, behind the point. */
const TIME = /^(?<seconds>\d{1,12})(?<fraction>\.\d{1,9})?(?!\d)/;

/** The applet of busybox leaves out pulses per second and atomic time; `date` knows the time and nothing of how it is steered. */
const SCRIPT = 'busybox adjtimex 2>/dev/null || date +%s.%N';

/** The node's clock, so that its drift can be seen. */
export const time: Collector = {
  name: 'time',
  module: 'node',
  summary:
    'The clock of the node, to be compared with that of the scraper, and how it is steered; the latter where the node has perl or busybox.',
  metrics: {
    node_time_seconds: {
      type: 'gauge',
      help: 'Unix time according to the clock of the node.',
      source: 'adjtimex(2) or date +%s.%N',
    },
    node_time_clocksource_available_info: {
      type: 'gauge',
      help: 'Always 1; the label clocksource is one that the kernel could use.',
      labels: ['device', 'clocksource'],
    },
    node_time_clocksource_current_info: {
      type: 'gauge',
      help: 'Always 1; the label clocksource is the one that the kernel uses.',
      labels: ['device', 'clocksource'],
    },
    ...TIMEX_METRICS,
  },
  files: [
    `${CLOCKSOURCES}/clocksource[0-9]*/available_clocksource`,
    `${CLOCKSOURCES}/clocksource[0-9]*/current_clocksource`,
  ],
  script: () => SCRIPT,
  perl: PERL_TIMEX,
  parse: ({ files, output }) => {
    const { seconds, samples } = readTimex(output) ?? readDate(output);
    return [{ metric: 'node_time_seconds', value: seconds }, ...readClocksources(files), ...samples];
  },
};

function readDate(output: string): NonNullable<ReturnType<typeof readTimex>> {
  const { seconds, fraction = '' } = TIME.exec(output)?.groups ?? {};
  if (seconds === undefined) throw new ParseError('date printed no Unix time.');
  return { seconds: Number(seconds + fraction), samples: [] };
}

function readClocksources(files: CollectorInput['files']): Sample[] {
  const samples: Sample[] = [];
  const counts = { available: 0, current: 0 };
  for (const [path, text] of files) {
    const kind = CLOCKSOURCE.exec(path)?.groups?.['kind'];
    if (kind !== 'available' && kind !== 'current') continue;
    // node_exporter counts the devices instead of naming them.
    const device = String(counts[kind]++);
    for (const clocksource of new Set(splitWords(text)))
      samples.push({
        metric: `node_time_clocksource_${kind}_info`,
        labels: { device, clocksource },
        value: 1,
      });
  }
  return samples;
}
