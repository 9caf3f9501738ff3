import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { COLLECTORS } from '../collectors/registry.js';
import { loadConfig } from '../config/load.js';
import { codeOf, messageOf, PipefleetError } from '../core/errors.js';
import { startDemoFleet } from '../sim/demo-fleet.js';
import { checkoutFolder } from '../stack/checkout.js';
import { formatFleetStatus, readFleetStatus } from '../stack/fleet-status.js';
import { lockHolder, tryLock } from '../core/lock.js';
import { endLeftOvers, STACK_FOLDER } from '../stack/left-overs.js';
import { createScreen } from '../stack/screen.js';
import { startStack } from '../stack/stack.js';
import { createSupervisor } from '../stack/supervisor.js';

const USAGE = `npm start                    a simulated fleet with exporter, Prometheus and Alertmanager
npm start -- --config FILE   the same for your own nodes`;

/** A demo should be worth looking at within seconds. */
const DEMO_INTERVAL_SECONDS = 5;
const STATUS_MS = { terminal: 1_000, file: 15_000 } as const;
const PARENT_MS = 1_000;

const screen = createScreen(process.stdout);
const { say } = screen;

const supervisor = createSupervisor();
/** What is to be closed once the services have ended, in the order in which it was opened. */
const closers: (() => Promise<void> | void)[] = [];

/**
 * Starts everything and stays until something ends although it should not.
 *
 * @param config path of a configuration; undefined starts the simulated fleet
 */
async function start(config: string | undefined): Promise<PipefleetError> {
  const checkout = checkoutFolder();
  const folder = join(checkout, '.run', config === undefined ? 'demo' : 'fleet');
  await mkdir(folder, { recursive: true });
  const lock = join(folder, 'lock');
  const release = await tryLock(lock);
  if (release === undefined) {
    const holder = (await lockHolder(lock)) ?? 'unknown';
    throw new PipefleetError(
      'listen_failed',
      `Another "npm start" of this checkout runs as process ${holder} (${lock}): stop it first, with Ctrl-C or kill ${holder}.`,
    );
  }
  closers.push(release);
  process.env[STACK_FOLDER] = folder;
  await endLeftOvers(folder, say);

  let configPath: string;
  let intervalSeconds: number | undefined;
  if (config === undefined) {
    const fleet = await startDemoFleet({ folder: join(folder, 'nodes') });
    closers.push(() => fleet.stop());
    configPath = fleet.configPath;
    intervalSeconds = DEMO_INTERVAL_SECONDS;
    say(`${fleet.nodes} simulated nodes, scraped every ${intervalSeconds} s. Nothing that they say is real.`);
  } else {
    configPath = resolve(process.env['INIT_CWD'] ?? '.', config);
    // What is wrong with it is said before anything is started.
    await loadConfig(configPath, { collectors: COLLECTORS });
  }

  const stack = await startStack({ checkout, folder, configPath, intervalSeconds }, supervisor, say);
  closers.push(() => stack.stop());
  say(`Logs and data are in ${folder}. Ctrl-C stops everything.`);

  const began = Date.now();
  const show = async (): Promise<void> =>
    screen.show(formatFleetStatus(await readFleetStatus(stack), (Date.now() - began) / 1000));
  const timer = setInterval(() => void show(), process.stdout.isTTY ? STATUS_MS.terminal : STATUS_MS.file);
  closers.push(() => clearInterval(timer));
  return supervisor.failed;
}

/**
 * Resolves when a person, or the system, asks to stop, or when npm, which runs us, has been killed. Asking twice changes nothing:
 * stopping is bounded.
 */
function interruption(): Promise<undefined> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => done(undefined));
    if (process.env['npm_lifecycle_event'] === undefined) return;
    const npm = process.ppid;
    setInterval(() => {
      if (process.ppid !== npm) done(undefined);
    }, PARENT_MS);
  });
}

/** What somebody else's file means here is that of a run under another account. */
function sentenceOf(failure: unknown): string {
  if (codeOf(failure) !== 'EACCES') return messageOf(failure);
  return `${messageOf(failure)}\nThe folder .run belongs to another account; was npm start run as root? Remove it with: sudo rm -r .run`;
}

function readArguments(): { help: boolean; config: string | undefined } {
  try {
    const { values } = parseArgs({ options: { config: { type: 'string' }, help: { type: 'boolean' } } });
    return { help: values.help ?? false, config: values.config };
  } catch (error) {
    throw new PipefleetError('usage', `${messageOf(error)}\n${USAGE}`);
  }
}

async function main(): Promise<number> {
  const { help, config } = readArguments();
  if (help) {
    say(USAGE);
    return 0;
  }
  const failure = await Promise.race([start(config).catch((error: unknown) => error), interruption()]);
  screen.end();
  if (failure !== undefined) process.stderr.write(`${sentenceOf(failure)}\n`);
  if (closers.length > 0) say('Stopping.');
  await supervisor.stop();
  for (const close of closers.reverse()) await close();
  return failure === undefined ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(2);
}
