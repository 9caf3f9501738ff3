import { Worker } from 'node:worker_threads';

/** Whether a password is the one behind a bcrypt hash. Rejects when that could not be found out. */
export type ComparePassword = (password: string, hash: string) => Promise<boolean>;

/** What the thread is asked. */
export interface Question {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

/** What it answers. */
export interface Reply {
  readonly id: number;
  readonly matches: boolean;
}

/** Compares passwords in a thread that is started for the first one, and does not keep the process. */
export function comparePasswords(): ComparePassword {
  let thread: Worker | undefined;
  let lastId = 0;
  const waiting = new Map<number, { resolve: (matches: boolean) => void; reject: (error: Error) => void }>();

  function startThread(): Worker {
    const started = new Worker(new URL('./password-worker.js', import.meta.url));
    started.unref();
    started.on('message', ({ id, matches }: Reply) => {
      waiting.get(id)?.resolve(matches);
      waiting.delete(id);
    });
    // Whoever waits may try again; the next one gets a new thread.
    const fail = (): void => {
      thread = undefined;
      for (const { reject } of waiting.values())
        reject(new Error('The thread that compares passwords has ended.'));
      waiting.clear();
    };
    started.on('error', fail);
    started.on('exit', fail);
    return started;
  }

  return (password, hash) =>
    new Promise((resolve, reject) => {
      thread ??= startThread();
      waiting.set(++lastId, { resolve, reject });
      thread.postMessage({ id: lastId, password, hash } satisfies Question);
    });
}
