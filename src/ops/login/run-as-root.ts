import { startDeadline } from '../../core/deadline.js';
import type { Exec, ExecResult } from '../../core/exec.js';
import type { FailureReason } from '../../core/failure.js';
import { redact } from '../../core/redact.js';
import { type RootDialogue, rootDialogue } from './root-dialogue.js';

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
  | { readonly ok: false; readonly reason: FailureReason | 'sudo'; readonly message: string };

const OUTPUT_BYTES = 4 * 1024 * 1024;

/**
 * Runs a POSIX sh script as root on a node: directly for root, else by sudo. The script and the password go over the connection
 * on standard input, each to its reader alone, so that neither is seen among the arguments of a process. Never rejects.
 */
export async function runAsRoot(exec: Exec, script: string, options: RootOptions): Promise<RootResult> {
  const { user, sudoPassword, timeoutSeconds, signal } = options;
  const dialogue = rootDialogue(user, script, sudoPassword);
  const deadline = startDeadline(timeoutSeconds);
  const cancel = (): void => deadline.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  try {
    const { command, stdin } = dialogue;
    const result = await exec.exec(command, { signal: deadline.signal, maxOutputBytes: OUTPUT_BYTES, stdin });
    return judge(result, dialogue, options);
  } finally {
    signal?.removeEventListener('abort', cancel);
    deadline.clear();
  }
}

function judge(result: ExecResult, dialogue: RootDialogue, { user, sudoPassword }: RootOptions): RootResult {
  const { reason, message, exitCode, stdout } = result;
  const stderr = dialogue.withoutPrompts(result.stderr);
  if (reason === 'none' && dialogue.started()) {
    return { ok: true, stdout: dialogue.printedBy(stdout), stderr, exitCode: exitCode ?? 1 };
  }
  const bySudo = user !== 'root' && !dialogue.started();
  if (bySudo && reason === 'command_timeout' && !dialogue.answered() && sudoPassword !== undefined) {
    return failed(
      'sudo',
      `sudo on the node did not ask for the password of ${user} with the prompt it was given, so that no password was sent${said(stderr)}; log in as root, or as an account that needs no password.`,
    );
  }
  if (reason !== 'none') return failed(reason, message);
  if (!bySudo) return failed('command', `The node did not start /bin/sh for ${user}${said(stderr)}.`);
  if (exitCode === 127 || /not found/.test(stderr)) {
    return failed('sudo', 'The node has no sudo; log in as root.');
  }
  if (/not in the sudoers|not allowed|may not run|must have a tty/i.test(stderr)) {
    return failed('sudo', `sudo refuses ${user}${said(stderr)}.`);
  }
  if (dialogue.answered()) return failed('sudo', `sudo on the node refuses the password of ${user}.`);
  if (sudoPassword === undefined && /password|askpass|terminal/i.test(stderr)) {
    return failed('sudo', `sudo on the node asks for the password of ${user}; use --ask-sudo-password.`);
  }
  return failed('sudo', `sudo refuses ${user}${said(stderr)}.`);
}

function failed(reason: FailureReason | 'sudo', message: string): RootResult {
  return { ok: false, reason, message };
}

/** What the node complained last, as the rest of a sentence. */
function said(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : `; it said: ${redact(line, 160).replace(/\.$/, '')}`;
}
