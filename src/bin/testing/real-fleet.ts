import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asRecorded, replay, type Replay } from '../../collectors/testing/replayed-node.js';
import { folderWith } from '../../collectors/testing/shell.js';
import { startSshd, type Sshd, type SshdOptions } from '../../ssh/testing/sshd.js';

export interface FleetNode {
  readonly name: string;
  readonly sshd: Sshd;
  readonly software: Replay;
}

/** Real sshd's on addresses of their own, each with node software that replays what was recorded. */
export interface RealFleet {
  readonly folder: string;
  readonly configPath: string;
  readonly nodes: readonly FleetNode[];
  /** Adds lines to the list of nodes in the configuration, indented as a list item. */
  addNode(yaml: string): void;
  dispose(): Promise<void>;
}

/**
 * @param sketches names of the nodes, and what is special about their sshd
 * @param dialTimeout `limits.dial_timeout` of the configuration
 */
export async function startRealFleet(
  sketches: Readonly<Record<string, SshdOptions>>,
  dialTimeout = '1m',
): Promise<RealFleet> {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet fleet '));
  const configPath = join(folder, 'pipefleet.yml');
  // What a collector asks for only where a process of that name runs; it has no files, as in a container.
  const programs = folderWith({ pop: '/bin/sleep' });
  const pop = spawn(join(programs, 'pop'), ['infinity'], { stdio: 'ignore' });
  const nodes = await Promise.all(
    Object.entries(sketches).map(async ([name, options], index): Promise<FleetNode> => {
      const sshd = await startSshd({ address: `127.0.1.${index + 1}`, ...options });
      return { name, sshd, software: await replay(movingCounters()) };
    }),
  );
  writeFileSync(
    join(folder, 'known_hosts'),
    nodes.map(({ sshd }) => readFileSync(sshd.knownHosts, 'utf8')).join(''),
  );
  const credentials = nodes.map(
    ({ name, sshd }) => `  ${name}: { user: pipefleet, key_file: ${sshd.keyFile} }\n`,
  );
  const items = nodes.map(
    ({ name, sshd, software }) => `  - name: ${name}
    host: ${sshd.address}
    port: ${sshd.port}
    credential: ${name}
    groups: [edge]
    labels: { region: eu }
    location: { latitude: 50.11, longitude: 8.68 }
    software: { http_port: ${software.port}, https_port: 8443 }
`,
  );
  writeFileSync(
    configPath,
    `known_hosts: known_hosts\nlimits: { dial_timeout: ${dialTimeout} }\ncredentials:\n${credentials.join('')}nodes:\n${items.join('')}`,
  );
  return {
    folder,
    configPath,
    nodes,
    addNode: (yaml) => appendFileSync(configPath, yaml),
    dispose: async () => {
      for (const { sshd, software } of nodes) {
        software.close();
        await sshd.dispose();
      }
      pop.kill();
      rmSync(programs, { recursive: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As recorded, but with hits that grow with every question. */
function movingCounters(): RequestListener {
  let hits = 8;
  return (request, response) => {
    if (request.url !== '/health') {
      asRecorded(request, response);
      return;
    }
    hits += 3;
    const body = {
      status: 'ok',
      memory_cache: { size_bytes: 1_800_000, items: 9, hits: 0, misses: 9 },
      disk_cache: { size_bytes: 600_000, items: 3, hits, misses: 1 },
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}
