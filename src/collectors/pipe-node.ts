import type { SoftwareSettings } from '../core/software.js';
import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import {
  askLattice,
  askMainnet,
  readLattice,
  readMainnet,
  type Health,
} from './pipe-node/health-endpoints.js';
import { httpClient } from './pipe-node/http-client.js';
import { GENERATIONS, installations, type Generation } from './pipe-node/installations.js';
import { processes } from './pipe-node/processes.js';
import { readAnswers, type Answers } from './pipe-node/read-answers.js';
import { collectSamples, gauge, type Add } from './pipe-node/samples.js';
import { ENDPOINTS, readTestnetAnswers } from './pipe-node/testnet-bodies.js';
import { addTestnet, askTestnet, isTestnet, TESTNET_METRICS, UNASKED } from './pipe-node/testnet.js';

/**
 * What the node software says over HTTP. Its generations share a name and nothing else: which of them are there is found out, and
 * each is asked on its own documented endpoints only. Nothing is asked where nothing of the kind was found.
 */
export const pipeNode: Collector = {
  name: 'pipe-node',
  module: 'node',
  summary:
    'What the node software of each generation states on its documented endpoints, asked on the loopback address of a node where its files or processes are.',
  metrics: {
    pipe_node_detected: gauge(
      '1 when the node software of the generation was found, by its files or by answers that no other software gives, else 0.',
      'files and units, or testnet’s endpoints',
      ['generation'],
    ),
    pipe_node_identity_info: gauge(
      'Always 1; the labels are what the node calls itself.',
      'testnet: /state',
      ['generation', 'pop_id', 'pop_name', 'pop_location'],
    ),
    pipe_node_http_up: gauge(
      '1 when any documented endpoint answered recognisably, else 0.',
      'any endpoint',
      ['generation'],
    ),
    pipe_node_endpoint_up: gauge('1 when the endpoint answered recognisably, else 0.', 'the endpoint', [
      'generation',
      'endpoint',
    ]),
    pipe_node_http_status_code: gauge(
      'Status code of the answer of the endpoint; absent when it gave none.',
      'the endpoint',
      ['generation', 'endpoint'],
    ),
    pipe_node_health_ok: gauge(
      '1 when the node says that it is well, which tells that it lives and nothing more; of lattice, when the status code is one of success.',
      '/health',
      ['generation'],
    ),
    ...TESTNET_METRICS,
  },
  needs: [installations, processes, httpClient],
  script: (software) => `a= p=0
for i in $P; do
p=1
[ -z "$G" ] && read -r c </proc/$i/comm && [ "$c" = pop ] && a=pop
done 2>/dev/null
printf '%s\\ngenerations%s\\nprocess %s\\nplain %s\\n\\n' "$T" "$G" $p $H
case $G in *testnet*) a=1 ;; esac
if [ "$a" = pop ]; then
a=
${isTestnet(software)} && a=1
fi
if [ "$a" ]; then
${askTestnet(software)}
fi
case $G in *mainnet*) ${askMainnet(software)} ;; esac
case $G in *lattice*) ${askLattice(software)} ;; esac
:`,
  parse: ({ output, software }) => readNode(readAnswers(output), software),
};

function readNode({ facts, answers }: Answers, software: SoftwareSettings): Sample[] {
  const { samples, add } = collectSamples();
  const words = (facts.get('generations') ?? '').split(' ');
  const found = new Set<Generation>(GENERATIONS.filter((generation) => words.includes(generation)));
  const of = (whose: string) => answers.filter((answer) => answer.whose === whose);
  const testnet = readTestnetAnswers(of('testnet'));
  if (testnet.unmistakable) found.add('testnet');
  if (facts.get('plain') === 'none' && [...found].some((generation) => generation !== 'devnet')) {
    throw new ParseError(
      'The node has neither bash nor curl nor wget, so the node software cannot be asked: install one of them.',
    );
  }
  const [unasked] = of(UNASKED);
  if (unasked !== undefined && found.has('testnet')) {
    throw new ParseError(
      `Something listens on the TLS port ${software.httpsPort}, and the node has neither curl nor wget to ask it: install one of them.`,
    );
  }

  for (const generation of GENERATIONS) {
    add('pipe_node_detected', Number(found.has(generation)), { generation });
  }
  if (found.has('testnet')) {
    const { bodies, statuses } = testnet;
    add('pipe_node_http_up', Number(bodies.size > 0), { generation: 'testnet' });
    for (const { name: endpoint } of ENDPOINTS) {
      const labels = { generation: 'testnet', endpoint };
      add('pipe_node_endpoint_up', Number(bodies.has(endpoint)), labels);
      add('pipe_node_http_status_code', statuses.get(endpoint), labels);
    }
    const health = bodies.get('health');
    if (health !== undefined) {
      add('pipe_node_health_ok', Number(health['status'] === 'ok'), { generation: 'testnet' });
    }
    addTestnet(add, bodies, software);
  }
  if (found.has('mainnet')) addHealth(add, 'mainnet', readMainnet(of('mainnet').at(0)));
  if (found.has('lattice')) addHealth(add, 'lattice', readLattice(of('lattice').at(0)));
  return samples;
}

/** A generation of which one endpoint is documented. */
function addHealth(add: Add, generation: Generation, { status, recognised, ok }: Health): void {
  const labels = { generation, endpoint: 'health' };
  add('pipe_node_http_up', Number(recognised), { generation });
  add('pipe_node_endpoint_up', Number(recognised), labels);
  add('pipe_node_http_status_code', status, labels);
  if (recognised) add('pipe_node_health_ok', Number(ok), { generation });
}
