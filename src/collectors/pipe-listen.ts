import { DEVNET_PORT, type SoftwareSettings } from '../core/software.js';
import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { GENERATIONS, installations, type Generation } from './pipe-node/installations.js';
import { splitLines } from './text.js';

/**
 * Prints `generations NAME…`, `table` when sockets could be listed, `listen PORT`, and `many` when so many sockets listen that some may
 * have been cut off: any account can bring that about, and a port that was not seen is not known then. Where there is no `ss`, which asks for
 * nothing but what listens, the tables are read as far as need be: the kernel lists sockets that listen before all others
 * (Documentation/networking/proc_net_tcp.rst). Addresses, those of visitors too, stay on the node.
 */
const SCRIPT = `if [ -n "$G" ]; then
echo "generations$G"
if command -v ss >/dev/null; then ss -ltn 2>/dev/null
else for f in /proc/net/tcp /proc/net/tcp6; do head -c 131072 $f 2>/dev/null; echo; done
fi | awk '$1 == "State" || $2 == "local_address" { print "table" }
$1 == "LISTEN" { n++; sub(/^.*:/, "", $4); $2 = "listen " $4 }
$4 == "0A" { n++; sub(/^.*:/, "", $2); $2 = "listen 0x" $2 }
$2 ~ /^listen / && !s[$2]++ && k++ < 1000 { print $2 }
END { if (n > 800) print "many" }'
fi`;

const GENERATIONS_LINE = /^generations(?<names>( [a-z]+)*)$/;
const LISTEN = /^listen (?<port>0x[0-9A-F]{4}|\d{1,5})$/;

/** Whether somebody listens on the ports of the node software. */
export const pipeListen: Collector = {
  name: 'pipe-listen',
  module: 'inventory',
  summary:
    'Ports that the inventory expects of the generations on the node, and whether anybody listens there, on whatever address.',
  metrics: {
    pipe_node_port_listening: {
      type: 'gauge',
      help: '1 when a socket listens on the TCP port that the inventory expects of the node software, else 0.',
      labels: ['port'],
      source: 'ss, else /proc/net/tcp and /proc/net/tcp6',
    },
  },
  needs: [installations],
  script: () => SCRIPT,
  parse: ({ output, software }) => readPorts(splitLines(output), software),
};

function readPorts(lines: readonly string[], software: SoftwareSettings): Sample[] {
  const names: string[] = [];
  const listening = new Set<number>();
  let tables = 0;
  let many = false;
  for (const line of lines) {
    const { port } = LISTEN.exec(line)?.groups ?? {};
    const { names: found } = GENERATIONS_LINE.exec(line)?.groups ?? {};
    if (port !== undefined) listening.add(Number(port));
    else if (found !== undefined)
      for (const name of found.split(' ', GENERATIONS.length + 1)) names.push(name);
    else if (line === 'table') tables++;
    else if (line === 'many') many = true;
    else throw new ParseError('The script printed a line that it has no form for.');
  }
  if (tables === 0) return [];
  const expected = new Set(
    GENERATIONS.filter((generation) => names.includes(generation)).flatMap((generation) =>
      portsOf(generation, software),
    ),
  );
  const isKnown = (port: number): boolean => !many || listening.has(port);
  return [...expected].filter(isKnown).map((port) => ({
    metric: 'pipe_node_port_listening',
    labels: { port: String(port) },
    value: listening.has(port) ? 1 : 0,
  }));
}

function portsOf(generation: Generation, software: SoftwareSettings): readonly number[] {
  const { httpPort, httpsPort, controlPort, metricsPort, latticePort } = software;
  switch (generation) {
    case 'testnet':
      return [httpPort, httpsPort];
    case 'mainnet':
      return [httpPort, httpsPort, controlPort, metricsPort];
    case 'lattice':
      return [latticePort];
    case 'devnet':
      return [DEVNET_PORT];
  }
}
