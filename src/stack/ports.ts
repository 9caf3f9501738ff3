import { createServer } from 'node:net';
import { PipefleetError } from '../core/errors.js';
import type { Say } from './say.js';

const ATTEMPTS = 100;
const HOST = '127.0.0.1';

/** Gives out loopback ports: the one that is wished for, or the next free one, and never one twice. */
export interface PortBroker {
  /**
   * @param port the wish
   * @param purpose for the sentence that says that another port was taken
   * @throws {PipefleetError} `listen_failed` when the next hundred ports are taken as well
   */
  take(port: number, purpose: string): Promise<number>;
}

/** @param say told when another port than the one wished for is used */
export function createPortBroker(say: Say): PortBroker {
  const given = new Set<number>();
  return {
    async take(wanted, purpose) {
      for (let port = wanted; port < wanted + ATTEMPTS; port += 1) {
        if (given.has(port) || !(await isFree(port))) continue;
        given.add(port);
        if (port !== wanted) say(`Port ${wanted} is taken: ${purpose} uses ${port}.`);
        return port;
      }
      throw new PipefleetError(
        'listen_failed',
        `No port from ${wanted} to ${wanted + ATTEMPTS - 1} is free for ${purpose}: stop what listens there.`,
      );
    },
  };
}

/** Whether a port of 127.0.0.1 can be bound at this moment. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: HOST, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
