import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { readCountOf, readDecimal, splitLines } from './text.js';

const PATH = '/proc/cpuinfo';
const FOLDER = '/sys/devices/system/cpu';
const CORE_COUNT = 'thermal_throttle/core_throttle_count';
const PACKAGE_COUNT = 'thermal_throttle/package_throttle_count';

/** Field of /proc/cpuinfo for each label, on x86; arm64 states `processor` alone. The order is that of node_exporter. */
const FIELD_OF_LABEL = {
  package: 'physical id',
  core: 'core id',
  cpu: 'processor',
  vendor: 'vendor_id',
  family: 'cpu family',
  model: 'model',
  model_name: 'model name',
  microcode: 'microcode',
  stepping: 'stepping',
  cachesize: 'cache size',
} as const;

/** Not stated on arm64; `Unknown` where the kernel cannot measure it. */
const FREQUENCY = 'cpu MHz';
const NOT_KNOWN = 'Unknown';
const HERTZ_PER_MHZ = 1e6;

const LINE = /^(?<field>\w+(?: \w+)*)\s*:(?: (?<value>.*))?$/;
const NUMBER = /^\d{1,9}$/;
const THROTTLED = new RegExp(`^${FOLDER}/cpu(?<cpu>\\d{1,9})/thermal_throttle/`);

type Processor = ReadonlyMap<string, string>;

/** What the processors are, and how often they got too hot. */
export const cpuinfo: Collector = {
  name: 'cpuinfo',
  module: 'inventory',
  summary:
    'What the processors are, and how often they were slowed down for their heat, which Intel processors tell outside of virtual machines.',
  metrics: {
    node_cpu_info: {
      type: 'gauge',
      help: 'Always 1; the labels say what the processor is. What the architecture does not state is empty.',
      labels: Object.keys(FIELD_OF_LABEL),
      source: PATH,
    },
    node_cpu_frequency_hertz: {
      type: 'gauge',
      help: 'Frequency of the processor now; in most virtual machines the nominal one.',
      labels: ['package', 'core', 'cpu'],
      source: PATH,
    },
    node_cpu_core_throttles_total: {
      type: 'counter',
      help: 'Times that the core was slowed down for its heat, since boot.',
      labels: ['package', 'core'],
      source: `${FOLDER}/cpu*/${CORE_COUNT}`,
    },
    node_cpu_package_throttles_total: {
      type: 'counter',
      help: 'Times that the package was slowed down for its heat, since boot.',
      labels: ['package'],
      source: `${FOLDER}/cpu*/${PACKAGE_COUNT}`,
    },
  },
  files: [`${FOLDER}/cpu[0-9]*/${CORE_COUNT}`, `${FOLDER}/cpu[0-9]*/${PACKAGE_COUNT}`],
  // Not one of `files`: with its flags, /proc/cpuinfo has almost two kilobytes for each processor.
  script: () => {
    const fields = [...Object.values(FIELD_OF_LABEL), FREQUENCY].map(
      (field) => `-e '^${field}[[:blank:]]*:'`,
    );
    return `if [ -r ${PATH} ]; then grep -m 8192 ${fields.join(' ')} ${PATH}; fi`;
  },
  parse: ({ files, output, status }) => {
    if (status !== 0) throw new ParseError(`grep read no processor of ${PATH}: status ${status}.`);
    const processors = readProcessors(output);
    return [
      ...Array.from(processors.values(), describe),
      ...Array.from(processors.values(), readFrequency).flat(),
      ...readThrottles(files, processors),
    ];
  },
};

function readProcessors(text: string): Map<string, Processor> {
  const processors = new Map<string, Processor>();
  let processor: Map<string, string> | undefined;
  for (const line of splitLines(text)) {
    const { field, value = '' } = LINE.exec(line)?.groups ?? {};
    if (field === undefined) throw new ParseError(`${PATH} has a line that is no field.`);
    if (field === 'processor') {
      if (!NUMBER.test(value)) throw new ParseError(`${PATH} has a processor without a number.`);
      processor = new Map();
      processors.set(value, processor);
    }
    if (processor === undefined) throw new ParseError(`${PATH} does not begin with a processor.`);
    processor.set(field, value);
  }
  return processors;
}

function describe(processor: Processor): Sample {
  const labels: Record<string, string> = {};
  for (const [label, field] of Object.entries(FIELD_OF_LABEL)) labels[label] = processor.get(field) ?? '';
  return { metric: 'node_cpu_info', labels, value: 1 };
}

function readFrequency(processor: Processor): Sample[] {
  const word = processor.get(FREQUENCY);
  if (word === undefined || word === NOT_KNOWN) return [];
  const labels = {
    package: processor.get(FIELD_OF_LABEL.package) ?? '',
    core: processor.get(FIELD_OF_LABEL.core) ?? '',
    cpu: processor.get(FIELD_OF_LABEL.cpu) ?? '',
  };
  const value = readDecimal(word, `${PATH}: ${FREQUENCY}`) * HERTZ_PER_MHZ;
  return [{ metric: 'node_cpu_frequency_hertz', labels, value }];
}

/** Threads of a core, and cores of a package, tell about the same; as with node_exporter the first file of each counts. */
function readThrottles(
  files: ReadonlyMap<string, string>,
  processors: ReadonlyMap<string, Processor>,
): Sample[] {
  const samples = new Map<string, Sample>();
  for (const path of files.keys()) {
    const processor = processors.get(THROTTLED.exec(path)?.groups?.['cpu'] ?? '');
    const packageId = processor?.get(FIELD_OF_LABEL.package);
    const core = processor?.get(FIELD_OF_LABEL.core);
    if (packageId === undefined || core === undefined) continue;
    const value = readCountOf(files, path);
    if (value === undefined) continue;
    const sample: Sample = path.endsWith(CORE_COUNT)
      ? { metric: 'node_cpu_core_throttles_total', labels: { package: packageId, core }, value }
      : { metric: 'node_cpu_package_throttles_total', labels: { package: packageId }, value };
    const series = JSON.stringify([sample.metric, sample.labels]);
    if (!samples.has(series)) samples.set(series, sample);
  }
  return [...samples.values()];
}
