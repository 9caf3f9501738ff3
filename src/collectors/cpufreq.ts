import { ParseError } from './collector.js';
import type { Collector, MetricSpec, Sample } from './collector.js';
import { readEach } from './each-item.js';
import { readCount, splitWords } from './text.js';

const FOLDER = '/sys/devices/system/cpu';

/** The kernel states frequencies in kHz, see its Documentation/admin-guide/pm/cpufreq.rst. */
const HERTZ_PER_KHZ = 1000;

/** Processors whose frequency one process asks for. */
const PROCESSORS_A_PROCESS = 8;

const CURRENT = 'scaling_cur_freq';

const FREQUENCIES: ReadonlyMap<string, readonly [metric: string, help: string]> = new Map([
  ['cpuinfo_min_freq', ['node_cpu_frequency_min_hertz', 'Lowest frequency of the processor.']],
  ['cpuinfo_max_freq', ['node_cpu_frequency_max_hertz', 'Highest frequency of the processor.']],
  [
    'cpuinfo_avg_freq',
    [
      'node_cpu_frequency_avg_hertz',
      'Frequency of the processor of late, idle time left out; some Linux 6.15 and newer tell.',
    ],
  ],
  [
    CURRENT,
    ['node_cpu_scaling_frequency_hertz', 'Frequency of the processor now, as far as the kernel knows.'],
  ],
  [
    'scaling_min_freq',
    ['node_cpu_scaling_frequency_min_hertz', 'Lowest frequency that the kernel may choose.'],
  ],
  [
    'scaling_max_freq',
    ['node_cpu_scaling_frequency_max_hertz', 'Highest frequency that the kernel may choose.'],
  ],
]);

const GOVERNOR = 'scaling_governor';
const GOVERNORS = 'scaling_available_governors';
const NOT_KNOWN = '<unknown>';

const PATH = new RegExp(`^${FOLDER}/cpu(?<cpu>\\d{1,9})/cpufreq/(?<attribute>\\w+)$`);
const ANSWER = new RegExp(`^(?<path>${FOLDER}/cpu\\d{1,9}/cpufreq/${CURRENT}):(?<value>.*)$`, 'gm');

const pattern = (attribute: string): string => `${FOLDER}/cpu[0-9]*/cpufreq/${attribute}`;

/** How fast the processors run. */
export const cpufreq: Collector = {
  name: 'cpufreq',
  module: 'node',
  summary:
    'How fast the processors may run and do run, where the kernel governs it: seldom in virtual machines.',
  metrics: {
    ...Object.fromEntries(
      Array.from(FREQUENCIES, ([attribute, [metric, help]]): [string, MetricSpec] => [
        metric,
        { type: 'gauge', help, labels: ['cpu'], source: `${FOLDER}/cpu*/cpufreq/${attribute}` },
      ]),
    ),
    node_cpu_scaling_governor: {
      type: 'gauge',
      help: 'The policy by which the kernel chooses is 1, every other available one 0.',
      labels: ['cpu', 'governor'],
      source: `${FOLDER}/cpu*/cpufreq/{${GOVERNOR},${GOVERNORS}}`,
    },
  },
  files: [...[...FREQUENCIES.keys()].filter((name) => name !== CURRENT), GOVERNOR, GOVERNORS].map(pattern),
  // Linux 4.13 to 5.17 sleeps 10 ms over each of these files, so that many processors are asked side by side.
  script: () => `p=
set -- ${pattern(CURRENT)}
while [ -e "\${1-}" ]; do
grep -H -m 1 . ${Array.from({ length: PROCESSORS_A_PROCESS }, (_, index) => `\${${index + 1}+"$${index + 1}"}`).join(' ')} 2>/dev/null &
p="$p $!"
[ $# -gt ${PROCESSORS_A_PROCESS} ] || break
shift ${PROCESSORS_A_PROCESS}
done
for p in $p; do u $((_n+3)) $p; done
:`,
  parse: ({ files, output }) => {
    const texts = new Map([...files].filter(([path]) => path.startsWith(FOLDER)));
    for (const { groups } of output.matchAll(ANSWER))
      texts.set(groups?.['path'] ?? '', groups?.['value'] ?? '');
    return readProcessors(texts);
  },
};

function readProcessors(texts: ReadonlyMap<string, string>): Sample[] {
  const processors = new Map<string, Map<string, string>>();
  for (const [path, text] of texts) {
    const { cpu, attribute = '' } = PATH.exec(path)?.groups ?? {};
    if (cpu === undefined || text.trim() === '') continue;
    const number = String(Number(cpu));
    const attributes = processors.get(number) ?? new Map<string, string>();
    processors.set(number, attributes.set(attribute, text.trim()));
  }
  return readEach(processors, ([cpu, attributes]) => [
    ...readFrequencies(cpu, attributes),
    ...readGovernors(cpu, attributes),
  ]);
}

function readFrequencies(cpu: string, attributes: ReadonlyMap<string, string>): Sample[] {
  const samples: Sample[] = [];
  for (const [attribute, [metric]] of FREQUENCIES) {
    const text = attributes.get(attribute);
    if (text === undefined || text === NOT_KNOWN) continue;
    const value = readCount(text, `cpu${cpu}: ${attribute}`) * HERTZ_PER_KHZ;
    samples.push({ metric, labels: { cpu }, value });
  }
  return samples;
}

function readGovernors(cpu: string, attributes: ReadonlyMap<string, string>): Sample[] {
  const current = attributes.get(GOVERNOR);
  if (current === undefined) return [];
  if (splitWords(current).length > 1) throw new ParseError(`cpu${cpu}: ${GOVERNOR} has more than one word.`);
  const governors = new Set([...splitWords(attributes.get(GOVERNORS) ?? ''), current]);
  return Array.from(governors, (governor) => ({
    metric: 'node_cpu_scaling_governor',
    labels: { cpu, governor },
    value: governor === current ? 1 : 0,
  }));
}
