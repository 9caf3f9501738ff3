import { randomBytes } from 'node:crypto';
import type { Dialogue, Reply } from '../../core/exec.js';
import { ROOT_PATH } from '../access/root-shell.js';

/** A command that becomes a root shell, and what is said to it. */
export interface RootDialogue {
  /** For the login shell, whatever it is. */
  readonly command: string;
  /** For `stdin` of a command: gives sudo the password when sudo asks for it, and a shell the script when it is there. */
  readonly stdin: () => Dialogue;
  /** Whether the shell was there, and so may have run the script. */
  readonly started: () => boolean;
  /** Whether sudo was given the password. */
  readonly answered: () => boolean;
  /** What the script printed, without what came before it. */
  readonly printedBy: (stdout: string) => string;
  /** Standard error without the prompts of sudo. */
  readonly withoutPrompts: (stderr: string) => string;
}

/**
 * How a script gets to a root shell. Nothing is written before its reader has said who it is, in words with a random number that no
 * program can print by showing its arguments: sudo makes one `%` of two in its prompt, and the shell takes the quotes from what it
 * says. So a password reaches sudo's prompt and nothing else, also where sudo asks for none or another program is in its place.
 *
 * @param password for sudo; when undefined, sudo is told not to ask
 */
export function rootDialogue(user: string, script: string, password: string | undefined): RootDialogue {
  const number = randomBytes(16).toString('hex');
  const [prompt, ready] = [`${number}% `, `${number}ready\n`];
  const shell = `/bin/sh -c 'echo ${number}"ready"; exec /bin/sh -s'`;
  // -k: no answer is kept on the node. In one language, so that it can be read what sudo says. By the path of the system: a folder
  // that is first in the PATH of the login may hold another sudo.
  const sudo = `/usr/bin/env PATH=${ROOT_PATH} LC_ALL=C sudo -u root ${password === undefined ? '-n' : `-k -S -p '${number}%% '`}`;
  let started = false;
  let answered = false;
  return {
    command: `exec ${user === 'root' ? '' : `${sudo} `}${shell}`,
    started: () => started,
    answered: () => answered,
    stdin: () => {
      const shellIsThere = listenFor(ready);
      const sudoAsks = listenFor(prompt);
      return (stream, text): Reply | undefined => {
        if (stream === 'stdout') {
          if (!shellIsThere(text)) return undefined;
          started = true;
          return { text: script, end: true };
        }
        if (!sudoAsks(text)) return undefined;
        // What was refused once is not said twice.
        if (answered || password === undefined) return { text: '', end: true };
        answered = true;
        return { text: `${password}\n`, end: false };
      };
    },
    printedBy: (stdout) => stdout.slice(stdout.indexOf(ready) + ready.length),
    withoutPrompts: (stderr) => stderr.replaceAll(prompt, ''),
  };
}

/** Tells of each piece of a text whether a word has come to its end in it. */
function listenFor(word: string): (piece: string) => boolean {
  let tail = '';
  return (piece) => {
    const text = tail + piece;
    const at = text.lastIndexOf(word);
    tail = at < 0 ? text.slice(-(word.length - 1)) : '';
    return at >= 0;
  };
}
