import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from '@jest/globals';
import type { Sshd } from '../ssh/testing/sshd.js';
import { findTool } from '../stack/tools.js';
import { type ExporterProcess, startExporterProcess } from './testing/exporter-process.js';
import { faultRun, HEALTHY } from './testing/fault-run.js';
import { NODE_FAULTS, type NodeFault } from './testing/fault-table.js';
import { type RealFleet, startRealFleet } from './testing/real-fleet.js';

const isRoot = process.getuid?.() === 0;
const faults = NODE_FAULTS.filter(({ needsRoot }) => isRoot || needsRoot !== true);
// With root, as in CI, none is left out.
for (const { name } of NODE_FAULTS) {
  if (faults.every((fault) => fault.name !== name))
    process.stderr.write(`${name} is left out: it needs root.\n`);
}

const strangers: Socket[] = [];
/** What the files of a node were like before. */
const before = new Map<string, string>();
let fleet: RealFleet;
let exporter: ExporterProcess;
const { expectReasons, expectRecovery, expectUnharmed } = faultRun(() => exporter);

beforeAll(async () => {
  fleet = await startRealFleet(
    Object.fromEntries([...HEALTHY, ...faults.map(({ name }) => name)].map((name) => [name, {}])),
  );
  exporter = await startExporterProcess(fleet.configPath);
});

afterAll(async () => {
  for (const stranger of strangers) stranger.destroy();
  await exporter.end('SIGKILL');
  await fleet.dispose();
});

function sshdOf({ name }: NodeFault): Sshd {
  const node = fleet.nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`There is no node ${name}.`);
  return node.sshd;
}

/** Changes a file of a node; what it was comes back by {@link mend}. */
function change(sshd: Sshd, file: string, edit: (text: string) => string): void {
  const path = join(sshd.folder, file);
  const text = readFileSync(path, 'utf8');
  before.set(path, text);
  writeFileSync(path, edit(text));
}

async function strike(fault: NodeFault): Promise<void> {
  const sshd = sshdOf(fault);
  if (fault.restartOnly) await sshd.stop();
  else await sshd.crash();
  change(sshd, 'sshd_config', (text) => [...(fault.config ?? []), text].join('\n'));
  switch (fault.files) {
    case undefined:
      break;
    case 'no key':
      change(sshd, 'authorized_keys', () => '');
      break;
    case 'locked account':
      change(sshd, 'passwd', (text) => text.replace('pipefleet:x:', 'pipefleet:!:'));
      break;
    case 'no shell':
      change(sshd, 'passwd', (text) => text.replace('/bin/sh', '/bin/none'));
      break;
    case 'shell that refuses':
      change(sshd, 'passwd', (text) => text.replace('/bin/sh', '/bin/false'));
      break;
    case 'other host key': {
      const other = join(sshd.folder, 'other_key');
      execFileSync(await findTool('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
      change(sshd, 'host_key', () => readFileSync(other, 'utf8'));
    }
  }
  await sshd.start();
  if (fault.crowd === 'logins') {
    for (let stranger = 0; stranger < 2; stranger++) {
      const socket = connect(sshd.port, sshd.address).on('error', () => undefined);
      strangers.push(socket);
      // It has been let in once it is greeted.
      await once(socket, 'data');
    }
  }
}

async function mend(fault: NodeFault): Promise<void> {
  const sshd = sshdOf(fault);
  await sshd.crash();
  for (const [path, text] of before) if (path.startsWith(`${sshd.folder}/`)) writeFileSync(path, text);
  await sshd.start();
}

test('each fault has its reason, while healthy nodes answer as ever', async () => {
  for (let time = 0; time < 2; time++) {
    await expectReasons(faults.map((fault) => ({ ...fault, reason: 'none' })));
  }
  await Promise.all(faults.map(strike));
  await expectReasons(faults);
});

test('each is forgotten when it is mended: by the next probe, after the backoff, or by a reload', async () => {
  for (const stranger of strangers) stranger.destroy();
  await Promise.all(faults.map(mend));
  await expectRecovery(faults);
});

test('the exporter is none the worse for it', expectUnharmed);
