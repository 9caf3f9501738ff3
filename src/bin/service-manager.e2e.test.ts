import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { checkoutFolder } from '../stack/checkout.js';
import { findTool } from '../stack/tools.js';
import { type ExporterProcess, startExporterProcess } from './testing/exporter-process.js';
import { type RealFleet, startRealFleet } from './testing/real-fleet.js';

const HEALTH_CHECK = join(checkoutFolder(), 'dist/bin/health-check.js');
/** The watchdog timeout, in microseconds. */
const TIMEOUT = 300_000;
/** On SIGUSR2, the event loop stalls for good. */
const STALLS = `
import { writeSync } from 'node:fs';
process.on('SIGUSR2', () => {
  writeSync(2, 'stalled');
  for (;;);
});`;

let fleet: RealFleet;
let folder: string;
let notifyFolder: string;
beforeAll(async () => {
  fleet = await startRealFleet({ 'fra-1': {} });
  notifyFolder = dirname(await findTool('systemd-notify'));
}, 120_000);
afterAll(() => fleet.dispose());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-notify-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** systemd's side: a datagram socket, opened by a tool of systemd, and the notifications that arrived on it. */
class Listener {
  readonly socket: string;
  readonly #child: ChildProcess;
  #said = '';

  private constructor(socket: string, child: ChildProcess) {
    this.socket = socket;
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
  }

  static async open(name: string): Promise<Listener> {
    const socket = join(folder, name);
    // Each notification is a datagram, without a line break.
    const child = spawn(
      await findTool('systemd-socket-activate'),
      ['--datagram', `--listen=${socket}`, '/bin/sh', '-c', 'exec cat <&3'],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let log = '';
    while (!log.includes('Listening')) log += String((await once(child.stderr, 'data'))[0]);
    return new Listener(socket, child);
  }

  /** The notifications so far, without the barriers that systemd-notify adds. */
  get states(): readonly string[] {
    return this.#said.match(/READY=1|WATCHDOG=1|STOPPING=1/g) ?? [];
  }

  /** Resolves when that many have arrived. */
  async until(count: number): Promise<void> {
    while (this.states.length < count && this.#child.stdout !== null) await once(this.#child.stdout, 'data');
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}

/** An exporter that systemd watches. */
function startService(listener: Listener, more: NodeJS.ProcessEnv = {}): Promise<ExporterProcess> {
  const env = {
    NOTIFY_SOCKET: listener.socket,
    WATCHDOG_USEC: String(TIMEOUT),
    PATH: [notifyFolder, process.env['PATH']].join(delimiter),
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(STALLS)}`,
    ...more,
  };
  return startExporterProcess(fleet.configPath, '127.0.0.1:0', { env });
}

/** Resolves when the exporter has logged a text. */
async function logged(exporter: ExporterProcess, text: string): Promise<void> {
  while (!exporter.log().includes(text)) await once(exporter.child.stderr ?? exporter.child, 'data');
}

/** Runs the health check of the image. */
function checkHealth(exporter: ExporterProcess): { status: number | null; stderr: string } {
  const { host } = new URL(exporter.url);
  const { status, stderr } = spawnSync(process.execPath, [HEALTH_CHECK, host], { encoding: 'utf8' });
  return { status, stderr };
}

describe('a service of systemd', () => {
  test('notifies systemd when it is ready, and from then on that its event loop runs', async () => {
    const listener = await Listener.open('socket');
    const exporter = await startService(listener);
    await listener.until(4);
    expect(listener.states.slice(0, 4)).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1']);
    expect(await exporter.end('SIGTERM')).toBe(0);
    listener.close();
  });

  test('sends nothing while its event loop is stalled; SIGTERM does not end it, SIGABRT does', async () => {
    const [stalled, turning] = [await Listener.open('stalled'), await Listener.open('turning')];
    const [exporter, other] = [await startService(stalled), await startService(turning)];
    await stalled.until(2);
    exporter.child.kill('SIGUSR2');
    await logged(exporter, 'stalled');
    exporter.child.kill('SIGTERM');
    // Notifications in flight arrive while another exporter sends some; then none arrive.
    await turning.until(turning.states.length + 3);
    const before = stalled.states.length;
    await turning.until(turning.states.length + 10);
    expect(stalled.states.length).toBeLessThanOrEqual(before + 1);
    expect(exporter.child.exitCode).toBeNull();
    const { status, stderr } = checkHealth(exporter);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/ did not answer within 4 s\.\n$/)]);
    expect(checkHealth(other)).toEqual({ status: 0, stderr: '' });
    // The signal of the watchdog.
    expect(await exporter.end('SIGABRT')).toBeNull();
    expect(await other.end('SIGTERM')).toBe(0);
    for (const listener of [stalled, turning]) listener.close();
  });

  test('sends no watchdog notifications when systemd watches another process', async () => {
    const listener = await Listener.open('socket');
    const exporter = await startService(listener, { WATCHDOG_PID: String(process.pid) });
    await listener.until(1);
    expect(await exporter.end('SIGTERM')).toBe(0);
    expect(listener.states).toEqual(['READY=1']);
    listener.close();
  });

  test('keeps running and logs an error when systemd cannot be notified', async () => {
    const listener = await Listener.open('socket');
    const exporter = await startService(listener, { PATH: folder });
    await logged(exporter, 'systemd could not be notified');
    expect(exporter.log()).toContain('the helper ended with status 127');
    expect((await fetch(`${exporter.url}/-/healthy`)).status).toBe(200);
    expect(await exporter.end('SIGTERM')).toBe(0);
    listener.close();
  });

  test('leaves no process behind when it is killed', async () => {
    const listener = await Listener.open('socket');
    const exporter = await startService(listener);
    await listener.until(2);
    // The helper inherits standard error.
    const gone = once(exporter.child.stderr ?? exporter.child, 'close');
    await exporter.end('SIGKILL');
    await expect(gone).resolves.toBeDefined();
    listener.close();
  });
});
