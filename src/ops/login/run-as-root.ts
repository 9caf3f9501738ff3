import { startDeadline } from '../../core/deadline.js';
import type { Exec, ExecResult } from '../../core/exec.js';
import type { FailureReason } from '../../core/failure.js';
import { redact } from '../../core/redact.js';

export interface RootOptions {
  /** The account that is logged in. */
  readonly user: string;
  /** Its password for sudo, when it was asked for. */
  readonly sudoPassword: string | undefined;
  readonly timeoutSeconds: number;
  /** Aborted when the person gives up. */
  readonly signal?: AbortSignal;
}

/** What a script printed, or why it could not run. */
export type RootResult =
  | { readonly ok: true; readonly stdout: string; readonly stderr: string; readonly exitCode: number }
  | {
      readonly ok: false;
      readonly reason: FailureReason | 'sudo';
      readonly message: string;
      /** Whether the password for sudo is what is missing. */
      readonly needsPassword: boolean;
    };

const OUTPUT_BYTES = 4 * 1024 * 1024;

/**
 * Runs a POSIX sh script as root on a node: directly for root, else by sudo. The script and the password go over the connection
 * on standard input, so that neither is seen among the arguments of a process. Never rejects.
 */
export async function runAsRoot(exec: Exec, script: string, options: RootOptions): Promise<RootResult> {
  const run = (command: string, stdin: string | undefined): Promise<ExecResult> =>
    execOnce(exec, command, stdin, options);
  if (options.user === 'root') return judge(await run('exec /bin/sh -s', script));
  const free = await run('exec sudo -n true', undefined);
  if (free.reason !== 'none') return judge(free);
  if (free.exitCode === 0) return judge(await run('exec sudo -n /bin/sh -s', script));
  if (free.exitCode === 127 || /not found/.test(free.stderr)) {
    return failed('sudo', `The node has no sudo; log in as root.`);
  }
  if (!/password|askpass|terminal/i.test(free.stderr)) {
    return failed('sudo', `sudo refuses ${options.user}: ${firstLine(free.stderr)}`);
  }
  if (options.sudoPassword === undefined) {
    return failed(
      'sudo',
      `sudo on the node asks for the password of ${options.user}; use --ask-sudo-password.`,
      true,
    );
  }
  // -k: sudo asks in any case, so that the first line is always its own and never the shell's.
  const result = await run(`exec sudo -k -S -p '' /bin/sh -s`, `${options.sudoPassword}\n${script}`);
  if (
    result.reason === 'none' &&
    result.exitCode === 1 &&
    result.stdout === '' &&
    /try again|incorrect/i.test(result.stderr)
  ) {
    return failed('sudo', `sudo on the node refuses the password of ${options.user}.`);
  }
  return judge(result);
}

async function execOnce(
  exec: Exec,
  command: string,
  stdin: string | undefined,
  { timeoutSeconds, signal }: RootOptions,
): Promise<ExecResult> {
  const deadline = startDeadline(timeoutSeconds);
  const cancel = (): void => deadline.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  try {
    return await exec.exec(command, { signal: deadline.signal, maxOutputBytes: OUTPUT_BYTES, stdin });
  } finally {
    signal?.removeEventListener('abort', cancel);
    deadline.clear();
  }
}

function judge({ reason, message, exitCode, stdout, stderr }: ExecResult): RootResult {
  if (reason !== 'none') return failed(reason, message);
  return { ok: true, stdout, stderr, exitCode: exitCode ?? 1 };
}

function failed(reason: FailureReason | 'sudo', message: string, needsPassword = false): RootResult {
  return { ok: false, reason, message, needsPassword };
}

function firstLine(text: string): string {
  return redact(text.trim().split('\n', 1)[0] ?? '', 160);
}
