import { type ChildProcess, spawn } from 'node:child_process';
import { codeOf, messageOf } from '../../core/errors.js';
import { redact } from '../../core/redact.js';
import { createLineReader } from './line-reader.js';
import { clientEnvironment, type Programs } from './programs.js';

const LOG_LINES_KEPT = 400;
/** What a client prints when a connection that was good has ended. Other lines may hold what a command was. */
const END =
  /^(?:Timeout, server .+ not responding|Connection to .+ closed by remote host|Connection (?:closed|reset) by |Received disconnect from |client_loop: |ssh_dispatch_run_fatal: |ssh_packet_write_poll: |Bad packet length|Corrupted MAC|packet_write_)/;

/** The process that holds one connection: OpenSSH's client as a master, in the foreground. */
export class Master {
  readonly #child: ChildProcess;
  readonly #ownGroup: boolean;
  readonly #log: string[] = [];
  readonly #lineListeners = new Set<(line: string) => void>();
  readonly #endListeners = new Set<(because: string) => void>();
  #because: string | undefined;
  #ended: string | undefined;
  #keepLog = true;

  /**
   * @param configFile that says everything but the host
   * @param hasHelpers it starts processes of its own: clients of jump hosts, or a ProxyCommand of the operator
   */
  constructor({ ssh, withUs }: Programs, configFile: string, host: string, hasHelpers: boolean) {
    // Ends with us even when we are ended by force.
    const [program, ...args] = [...withUs, ssh, '-F', configFile, '-N', '--', host] as const;
    this.#ownGroup = hasHelpers;
    // In a group of its own, which can be ended as a whole, and which a terminal does not interrupt.
    this.#child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: clientEnvironment(),
    });
    const read = createLineReader((line) => this.#onLine(line));
    this.#child.stderr?.on('data', (chunk: Buffer) => read(chunk));
    this.#child.on('error', (error) =>
      this.#end(`ssh cannot be started: ${codeOf(error) ?? messageOf(error)}`),
    );
    this.#child.on('exit', () => this.#endGroup());
    this.#child.on('close', (code, signal) => {
      this.#end(
        this.#because ?? `its ssh ended ${signal === null ? `with status ${String(code)}` : `by ${signal}`}`,
      );
    });
  }

  /** The beginning of what it has printed, up to the login. */
  get log(): readonly string[] {
    return this.#log;
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Calls the listener with every line from now on; gives back how to stop. */
  onLine(listener: (line: string) => void): () => void {
    this.#lineListeners.add(listener);
    return () => this.#lineListeners.delete(listener);
  }

  /** Calls the listener once when the process has ended and all its lines are read, at once if so. */
  onEnd(listener: (because: string) => void): () => void {
    if (this.#ended === undefined) this.#endListeners.add(listener);
    else listener(this.#ended);
    return () => this.#endListeners.delete(listener);
  }

  /** The login is over: what comes now is not kept. */
  forgetLog(): void {
    this.#keepLog = false;
    this.#log.length = 0;
  }

  /** Ends the process and what it has started, at once. */
  kill(because = 'it was closed'): void {
    this.#child.stderr?.destroy();
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#endGroup(true);
    this.#end(because);
  }

  #onLine(line: string): void {
    if (this.#keepLog && this.#log.length < LOG_LINES_KEPT) this.#log.push(line);
    if (END.test(line)) this.#because = redact(line.replace(/\.$/, ''), 120);
    for (const listener of [...this.#lineListeners]) listener(line);
  }

  #endGroup(leaderLives = false): void {
    const { pid } = this.#child;
    if (pid === undefined || !(leaderLives || this.#ownGroup)) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // All of it has ended.
    }
  }

  #end(because: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = because;
    for (const listener of [...this.#endListeners]) listener(because);
    this.#endListeners.clear();
    this.#lineListeners.clear();
  }
}
