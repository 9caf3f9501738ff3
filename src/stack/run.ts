import { execFile } from 'node:child_process';

export interface RunResult {
  /** Exit status; undefined when the program could not be started or was ended by a signal. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program is ended after so long. Default: 10 s. */
  readonly timeoutMs?: number;
}

const OUTPUT_BYTES = 16 * 1024 * 1024;

/** Runs a program to its end. Never rejects: a program that does not exist is a result without an exit status. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      {
        env: { ...process.env, ...options.env },
        timeout: options.timeoutMs ?? 10_000,
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_BYTES,
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ code: 0, stdout, stderr });
        else resolve({ code: typeof error.code === 'number' ? error.code : undefined, stdout, stderr });
      },
    );
  });
}
