import { type ChildProcess, spawn } from 'node:child_process';
import type { ExecOptions } from '../../core/exec.js';
import type { ChannelEvents, Exit } from '../transport.js';
import { codeOf, messageOf } from '../../core/errors.js';
import { redact } from '../../core/redact.js';
import { SshFailure } from '../ssh-failure.js';
import { clientEnvironment } from './programs.js';

/** How long the master may take to say what a client has done that has ended already, in milliseconds. */
const MASTER_SILENT_MS = 1000;
/**
 * How long to wait, in milliseconds, before a session that ended without a word about how counts as ended by the node: a master that
 * ends lets its sessions go before.
 */
const MASTER_ENDING_MS = 300;
/** What the master writes to the standard error of a session that sshd opened and would not run. */
const EXEC_REFUSED = /^exec request failed on channel \d+/;

/**
 * One command, as a process that asks the master for a session and then only waits: what the command prints comes from the master
 * through the pipes that the process has handed over. What became of the session the master knows, so that both must have ended.
 */
export class MuxSession {
  readonly #events: ChannelEvents;
  readonly #child: ChildProcess;
  #heard = false;
  #opened = false;
  #unwanted = false;
  #exitCode: number | undefined;
  #exited: 'status' | 'signal' | undefined;
  #refusal: string | undefined;
  #stderrHead = '';
  #childEnded = false;
  #freed = false;
  #done = false;
  #silence: NodeJS.Timeout | undefined;

  /**
   * @param onUnstarted there is no process
   * @param onUnheard the process has ended, and the master has seen nothing of it: it does not answer any more
   */
  constructor(
    ssh: string,
    configFile: string,
    command: string,
    stdin: ExecOptions['stdin'],
    events: ChannelEvents,
    onUnstarted: () => void,
    onUnheard: () => void,
  ) {
    this.#events = events;
    this.#child = spawn(ssh, ['-F', configFile, '-T', '--', 'node', command], {
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: clientEnvironment(),
    });
    this.#child.on('error', (error) => {
      if (this.#child.pid !== undefined) return;
      this.fail(
        new SshFailure(
          'internal',
          `No ssh could be started for the command (${codeOf(error) ?? messageOf(error)}).`,
        ),
      );
      onUnstarted();
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => events.stdout(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      if (this.#stderrHead.length < 64) this.#stderrHead += chunk.toString('latin1', 0, 64);
      events.stderr(chunk);
    });
    // A command need not read what it is given.
    this.#child.stdin?.on('error', () => undefined);
    if (typeof stdin === 'string') this.#child.stdin?.end(stdin);
    this.#child.on('close', (code) => {
      this.#childEnded = true;
      this.#exitCode = code ?? undefined;
      this.#settle();
      if (!this.#done && !this.#heard) this.#silence = setTimeout(onUnheard, MASTER_SILENT_MS).unref();
    });
  }

  /** The master has seen the process. */
  heard(): void {
    this.#heard = true;
    clearTimeout(this.#silence);
  }

  /** The node has opened the session. */
  opened(): void {
    this.#opened = true;
    // Not sooner: a master whose client leaves while a session is being opened can end with it.
    if (this.#unwanted) this.kill();
    else this.#events.opened();
  }

  write(text: string, end = false): void {
    if (end) this.#child.stdin?.end(text);
    else this.#child.stdin?.write(text);
  }

  refused(why: string): void {
    this.#refusal = redact(why.replace(/: $/, ''), 120);
  }

  exited(how: 'status' | 'signal'): void {
    this.#exited = how;
  }

  freed(): void {
    this.#freed = true;
    this.#settle();
  }

  /** Nobody wants it any more. */
  leave(): void {
    this.#unwanted = true;
    if (this.#opened) this.kill();
  }

  kill(): void {
    clearTimeout(this.#silence);
    this.#child.kill('SIGKILL');
  }

  /** This machine could not begin it. */
  fail(failure: SshFailure): void {
    if (this.#done) return;
    this.#done = true;
    this.#events.failed(failure);
  }

  #settle(): void {
    if (this.#done || !this.#childEnded || !this.#freed) return;
    if (this.#refusal !== undefined || this.#exited !== undefined || this.#unwanted) this.#finish();
    else this.#silence = setTimeout(() => this.#finish(), MASTER_ENDING_MS).unref();
  }

  #finish(): void {
    this.#done = true;
    if (this.#refusal !== undefined) this.#events.refused(this.#refusal);
    else if (this.#exited === undefined && EXEC_REFUSED.test(this.#stderrHead)) {
      this.#events.rejected('exec request failed');
    } else this.#events.closed(this.#exit());
  }

  #exit(): Exit {
    if (this.#exited === 'status') return { code: this.#exitCode, signal: undefined };
    return { code: undefined, signal: this.#exited === 'signal' ? 'a signal' : undefined };
  }
}
