import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';

/** The second counts where the first is missing, see os-release(5). */
const PATHS = ['/etc/os-release', '/usr/lib/os-release'] as const;

/** Label for each variable that is passed on. */
const VARIABLES = {
  build_id: 'BUILD_ID',
  id: 'ID',
  id_like: 'ID_LIKE',
  image_id: 'IMAGE_ID',
  image_version: 'IMAGE_VERSION',
  name: 'NAME',
  pretty_name: 'PRETTY_NAME',
  variant: 'VARIANT',
  variant_id: 'VARIANT_ID',
  version: 'VERSION',
  version_codename: 'VERSION_CODENAME',
  version_id: 'VERSION_ID',
} as const;

const ASSIGNMENT = /^[ \t]*(?<name>[A-Za-z_]\w*)=(?<value>.*)$/gm;
const SINGLE_QUOTED = /^'(?<text>[^']*)'/;
const DOUBLE_QUOTED = /^"(?<text>(?:[^"\\]|\\.)*)"/;
const ESCAPED = /\\(?<character>["\\$`])/g;
const MAJOR_MINOR = /^\d{1,9}(?:\.\d{0,9})?/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MILLISECONDS = 1000;

/** Which distribution the node runs. */
export const os: Collector = {
  name: 'os',
  module: 'node',
  summary: 'Which distribution of which version the node runs.',
  metrics: {
    node_os_info: {
      type: 'gauge',
      help: 'Always 1; the labels are what os-release says, empty where it says nothing.',
      labels: Object.keys(VARIABLES),
    },
    node_os_version: {
      type: 'gauge',
      help: 'Version of the distribution, as far as its first point goes; absent where it has none.',
      labels: ['id', 'id_like', 'name'],
    },
    node_os_support_end_timestamp_seconds: {
      type: 'gauge',
      help: 'Unix time at which support of the distribution ends, where os-release says so.',
    },
  },
  files: PATHS,
  parse: ({ files }) => {
    const path = PATHS.find((candidate) => (files.get(candidate) ?? '').trim() !== '');
    return path === undefined ? [] : readRelease(files.get(path) ?? '', path);
  },
};

function readRelease(text: string, path: string): Sample[] {
  const values = new Map<string, string>();
  for (const { groups } of text.matchAll(ASSIGNMENT))
    values.set(groups?.['name'] ?? '', unquote(groups?.['value'] ?? ''));
  if (values.size === 0) throw new ParseError(`${path} assigns nothing.`);

  const value = (name: string): string => values.get(name) ?? '';
  const labels = Object.fromEntries(
    Object.entries(VARIABLES).map(([label, variable]) => [label, value(variable)]),
  );
  const samples: Sample[] = [{ metric: 'node_os_info', labels, value: 1 }];

  const version = Number(MAJOR_MINOR.exec(value('VERSION_ID'))?.[0] ?? 0);
  if (version > 0) {
    const ofVersion = { id: value('ID'), id_like: value('ID_LIKE'), name: value('NAME') };
    samples.push({ metric: 'node_os_version', labels: ofVersion, value: version });
  }
  const supportEnd = DATE.test(value('SUPPORT_END')) ? Date.parse(value('SUPPORT_END')) : NaN;
  if (Number.isFinite(supportEnd)) {
    samples.push({ metric: 'node_os_support_end_timestamp_seconds', value: supportEnd / MILLISECONDS });
  }
  return samples;
}

/** The value of an assignment as a shell would read it. */
function unquote(word: string): string {
  const single = SINGLE_QUOTED.exec(word)?.groups?.['text'];
  if (single !== undefined) return single;
  const double = DOUBLE_QUOTED.exec(word)?.groups?.['text'];
  return double === undefined ? word.trim() : double.replaceAll(ESCAPED, '$<character>');
}
