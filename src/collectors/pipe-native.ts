import type { SoftwareSettings } from '../core/software.js';
import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { httpClient } from './pipe-node/http-client.js';
import { installations } from './pipe-node/installations.js';
import { readAnswers } from './pipe-node/read-answers.js';
import { collectSamples, gauge } from './pipe-node/samples.js';
import { readTextFormat, type ExposedSeries } from './pipe-node/text-format.js';

const EXPOSITION_BYTES = 262_144;
const MAX_LABELS = 16;
const MAX_NAME = 128;
/** What the scrape jobs of the bundle let through. */
const MAX_LABEL_NAME = 64;
const MAX_VALUE = 200;
const MAX_HELP = 300;

/** Names that are somebody else's: node_exporter's and this project's own, and those that Prometheus makes itself. */
const RESERVED = /^(?:node_|pipe_node_|pipe_audit_|probe_|pipefleet_|scrape_|up$|ALERTS)/;
/** What Prometheus says of itself. The default port of its own is the one that the node software uses. */
const PROMETHEUS_ITSELF = /^prometheus_(?:build_info$|tsdb_)/;
/** Labels that are not for everybody who may look at a dashboard, by their names and by what addresses look like. */
const PRIVATE_LABEL =
  /token|secret|passw|mail|invite|private|credential|wallet|seed|mnemonic|signature|cookie|auth|(?:pub|api|public|host|node|hmac|service|_|^)key/i;
/** A seed or a digest in hexadecimal digits, or a token of JSON. */
const KEY_MATERIAL = /[0-9a-f]{64}|\beyJ[\w-]{8,}/i;
const ADDRESS = /[^\s@]@[^\s@]/;
/** Colons are for recording rules. */
const EXPORTED_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const OK = 200;

const RESULTS = ['passed', 'other_name', 'over_limit', 'malformed'] as const;

/**
 * Passes on what the mainnet CDN software says in Prometheus's own format. It is documented that it does, and not one name: so
 * the names, types and help texts are the node's, and what passes is chosen by how a name begins.
 */
export const pipeNative: Collector = {
  name: 'pipe-native',
  module: 'node',
  summary:
    'The mainnet CDN software’s own Prometheus series, passed on under their own names where these begin with one of `software.native_prefixes`. No such name is documented: the default prefixes pass what is clearly the software’s own, and a probe with `debug=true` shows what else there is.',
  metrics: {
    pipe_node_native_up: gauge(
      '1 when the node software answered with an exposition of its own, 0 when nobody, or a Prometheus server, did.',
      'mainnet: /metrics',
    ),
    pipe_node_native_series: gauge(
      'Series of that exposition by what became of them: passed on, left out for their name or for a limit, or lines that are not of the format.',
      'mainnet: /metrics',
      ['result'],
    ),
  },
  needs: [installations, httpClient],
  script: ({ metricsPort }) => `printf '%s\\ngenerations%s\\nplain %s\\n\\n' "$T" "$G" $H
case $G in *mainnet*) h '' ${EXPOSITION_BYTES} mainnet http ${metricsPort} /metrics ;; esac
:`,
  parse({ output, software }) {
    const { facts, answers } = readAnswers(output);
    if (!(facts.get('generations') ?? '').split(' ').includes('mainnet')) return [];
    if (facts.get('plain') === 'none') {
      throw new ParseError(
        'The node has neither bash nor curl nor wget, so the node software cannot be asked: install one of them.',
      );
    }
    const [answer] = answers;
    return passOn(answer?.status === OK ? answer.body : '', software);
  },
};

function passOn(text: string, software: SoftwareSettings): Sample[] {
  const { samples, add } = collectSamples();
  const { series, malformed } = readTextFormat(text);
  if (series.length === 0 || series.some(({ name }) => PROMETHEUS_ITSELF.test(name))) {
    add('pipe_node_native_up', 0);
    return samples;
  }
  add('pipe_node_native_up', 1);
  const counts: Record<(typeof RESULTS)[number], number> = {
    passed: 0,
    other_name: 0,
    over_limit: 0,
    malformed,
  };
  const passed: Sample[] = [];
  for (const one of series) {
    const result = judge(one, software, passed.length);
    counts[result]++;
    if (result !== 'passed') continue;
    const { name, labels, value, family } = one;
    passed.push({ metric: name, labels, value, family: { ...family, help: family.help.slice(0, MAX_HELP) } });
  }
  for (const result of RESULTS) add('pipe_node_native_series', counts[result], { result });
  return [...samples, ...passed];
}

function judge(
  { name, labels, family }: ExposedSeries,
  { nativePrefixes, nativeSeries }: SoftwareSettings,
  passed: number,
): 'passed' | 'other_name' | 'over_limit' {
  const wanted =
    nativePrefixes.some((prefix) => family.name.startsWith(prefix)) &&
    [name, family.name].every((word) => EXPORTED_NAME.test(word) && !RESERVED.test(word));
  const pairs = Object.entries(labels);
  const isPrivate = pairs.some(
    ([label, value]) => PRIVATE_LABEL.test(label) || ADDRESS.test(value) || KEY_MATERIAL.test(value),
  );
  if (!wanted || isPrivate) return 'other_name';
  const small =
    name.length <= MAX_NAME &&
    pairs.length <= MAX_LABELS &&
    pairs.every(([label, value]) => label.length <= MAX_LABEL_NAME && value.length <= MAX_VALUE);
  return small && passed < nativeSeries ? 'passed' : 'over_limit';
}
