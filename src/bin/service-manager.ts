import { type ChildProcess, spawn } from 'node:child_process';
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';

/** The notifications of sd_notify(3) that the exporter sends to systemd. */
export interface ServiceManager {
  /** Notifies that the exporter listens, and from now on, if there is a watchdog, that the event loop runs. */
  ready(): void;
  /** Sends no more notifications. */
  stop(): void;
}

/** Notifications per watchdog timeout: two of them may be lost or late. */
const BEATS = 3;

/**
 * Sends each line of its input as a notification, as Node.js has no unix datagram sockets. A persistent shell costs the event loop a
 * write to a pipe; spawning a process per notification would block it for milliseconds, and fail when the process is out of file
 * descriptors. The shell exits at the end of its input, that is with this process, and not on the SIGTERM that systemd sends to the
 * whole unit.
 */
const HELPER = `trap '' TERM INT; while read -r state; do systemd-notify "$state" || exit; done`;

/**
 * Reads from the environment whether systemd expects notifications (`Type=notify`, `WatchdogSec=`), and removes these variables, so that
 * no child process sends any by mistake.
 */
export function findServiceManager(environment: NodeJS.ProcessEnv, logger: Logger): ServiceManager {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: timeout, WATCHDOG_PID: pid, PATH } = environment;
  delete environment['NOTIFY_SOCKET'];
  delete environment['WATCHDOG_USEC'];
  delete environment['WATCHDOG_PID'];
  if (socket === undefined) return { ready: () => undefined, stop: () => undefined };

  let helper: ChildProcess | undefined;
  let beat: NodeJS.Timeout | undefined;

  const start = (): ChildProcess => {
    const child = spawn('/bin/sh', ['-c', HELPER], {
      // Errors of systemd-notify go to the log as they are.
      stdio: ['pipe', 'ignore', 'inherit'],
      env: { PATH, NOTIFY_SOCKET: socket },
    });
    const lost = (detail: string): void => {
      if (helper !== child) return;
      helper = undefined;
      logger.error(
        { detail },
        'systemd could not be notified; if that does not succeed soon, the watchdog kills the exporter',
      );
    };
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => lost(messageOf(error)));
    child.on('close', (code, signal) => lost(`the helper ended with ${signal ?? `status ${String(code)}`}`));
    return child;
  };
  const notify = (state: string): void => {
    helper ??= start();
    helper.stdin?.write(`${state}\n`);
  };

  return {
    ready: () => {
      notify('READY=1');
      const forUs = pid === undefined || Number(pid) === process.pid;
      const milliseconds = Number(timeout) / 1000 / BEATS;
      if (forUs && milliseconds > 0) beat = setInterval(() => notify('WATCHDOG=1'), milliseconds);
    },
    stop: () => {
      clearInterval(beat);
      const last = helper;
      helper = undefined;
      last?.stdin?.end();
    },
  };
}
