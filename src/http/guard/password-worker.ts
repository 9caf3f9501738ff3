import { parentPort } from 'node:worker_threads';
import { compare } from 'bcryptjs';
import type { Question, Reply } from './passwords.js';

// A thread of its own: one hash keeps a processor busy for a tenth of a second and more, in which no node would be answered.
parentPort?.on('message', ({ id, password, hash }: Question) => {
  void compare(password, hash).then((matches) => parentPort?.postMessage({ id, matches } satisfies Reply));
});
