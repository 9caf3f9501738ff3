import type { CloseCause } from '../core/close-cause.js';

/** How long a node may take to close the channel of a command that nobody wants any more, in milliseconds. */
const CLOSING_MS = 5_000;

/**
 * Bounds how long a channel may take to close. sshd confirms only when the command has ended, and one that hangs would hold its place for
 * ever: then the connection is retired. To be set before the channel is told to close.
 *
 * @returns the timer, to be cleared when the channel has closed
 */
export function closingBound(host: { retire(because: string, cause: CloseCause): void }): NodeJS.Timeout {
  return setTimeout(() => host.retire('a cancelled command did not end', 'deadline'), CLOSING_MS).unref();
}
