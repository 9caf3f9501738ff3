import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { findTool, type ToolName } from '../../src/stack/tools.js';

/** A server that was started for a test, on a free port of the loopback address. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const LISTENING = /msg="Listening on".* address=(?<address>[\d.]+:\d+)/;

/**
 * Starts Prometheus or Alertmanager and waits until its log says where it listens.
 *
 * @throws when it ends before; the message holds what it said last
 */
export async function startServer(tool: ToolName, options: readonly string[]): Promise<RunningServer> {
  const child = spawn(await findTool(tool), ['--web.listen-address=127.0.0.1:0', ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const said: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    const address = LISTENING.exec(line)?.groups?.['address'];
    if (address !== undefined) {
      child.stderr.resume();
      return {
        url: `http://${address}`,
        // Only a program that could not be started has none.
        pid: child.pid ?? NaN,
        stop: async () => {
          child.kill('SIGTERM');
          await exited;
        },
      };
    }
    said.push(line);
  }
  throw new Error(`${tool} ended: ${said.slice(-3).join('\n')}`);
}

/** The JSON that a server answers. @throws when the status is not a good one */
export async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** So long is what never comes waited for, before the test shows what came instead. */
const GIVE_UP_SECONDS = 300;

/** Asks again until the answer is the wanted one: for what these servers do on their own and announce nowhere. */
export async function waitFor<Answer>(
  ask: () => Promise<Answer>,
  isWanted: (answer: Answer) => boolean,
): Promise<Answer> {
  const deadline = Date.now() + GIVE_UP_SECONDS * 1000;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer) || Date.now() > deadline) return answer;
    await setTimeout(100);
  }
}
