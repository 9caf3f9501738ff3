import type { Collector, Sample } from './collector.js';
import { readCountOf } from './text.js';

const FOLDER = '/sys/class/watchdog';

/** Attributes that are numbers, see the kernel's Documentation/ABI/testing/sysfs-class-watchdog. */
const NUMBERS: ReadonlyMap<string, readonly [metric: string, help: string]> = new Map([
  [
    'bootstatus',
    ['node_watchdog_bootstatus', 'Flags (WDIOF_…) of what the watchdog saw before the last boot.'],
  ],
  ['fw_version', ['node_watchdog_fw_version', 'Version of the firmware of the watchdog.']],
  [
    'nowayout',
    ['node_watchdog_nowayout', 'Whether the watchdog, once started, cannot be stopped (1) or can (0).'],
  ],
  ['timeleft', ['node_watchdog_timeleft_seconds', 'Seconds until the watchdog restarts the node.']],
  ['timeout', ['node_watchdog_timeout_seconds', 'Seconds without a sign of life that the watchdog allows.']],
  [
    'pretimeout',
    [
      'node_watchdog_pretimeout_seconds',
      'Seconds before the end of the timeout at which the watchdog warns.',
    ],
  ],
  [
    'access_cs0',
    [
      'node_watchdog_access_cs0',
      'Whether the board started from its second flash chip and may go back (1) or not (0).',
    ],
  ],
]);

/** Attributes that are words, all of them labels of node_watchdog_info. */
const WORDS = ['options', 'identity', 'state', 'status', 'pretimeout_governor'] as const;

const PATH = new RegExp(`^${FOLDER}/(?<name>[^/*]+)/(?<attribute>\\w+)$`);

/** Hardware that restarts the node when it hangs. */
export const watchdog: Collector = {
  name: 'watchdog',
  module: 'node',
  summary: 'Watchdogs, which restart the node when it gives no sign of life for too long.',
  metrics: {
    ...Object.fromEntries(
      Array.from(NUMBERS, ([attribute, [metric, help]]) => [
        metric,
        { type: 'gauge', help, labels: ['name'], source: `${FOLDER}/*/${attribute}` },
      ]),
    ),
    node_watchdog_info: {
      type: 'gauge',
      help: 'Always 1; the labels say what the watchdog is and does. What the driver does not state is empty.',
      labels: ['name', ...WORDS],
      source: `${FOLDER}/*/{${WORDS.join(',')}}`,
    },
  },
  // Three patterns that leave out the folders beside the attributes, and cost less than one for each attribute.
  files: [`${FOLDER}/*/[abfinot]*`, `${FOLDER}/*/st*`, `${FOLDER}/*/pretimeout*`],
  parse: ({ files }) => {
    const samples: Sample[] = [];
    const labelsOf = new Map<string, Record<string, string>>();
    for (const [path, text] of files) {
      const { name, attribute = '' } = PATH.exec(path)?.groups ?? {};
      if (name === undefined) continue;
      const labels = labelsOf.get(name) ?? { name, ...Object.fromEntries(WORDS.map((word) => [word, ''])) };
      labelsOf.set(name, labels);
      if (WORDS.some((word) => word === attribute)) labels[attribute] = text.trim();
      const metric = NUMBERS.get(attribute)?.[0];
      const value = metric === undefined ? undefined : readCountOf(files, path);
      if (metric !== undefined && value !== undefined) samples.push({ metric, labels: { name }, value });
    }
    for (const labels of labelsOf.values()) samples.push({ metric: 'node_watchdog_info', labels, value: 1 });
    return samples;
  },
};
