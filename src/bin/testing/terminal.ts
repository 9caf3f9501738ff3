import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { quote } from '../../core/shell.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/bin/pipefleet.js', import.meta.url));

/**
 * Runs a command of the built program at a terminal, by script(1), and types answers when questions show.
 *
 * @param answers to questions, in the order in which they come
 * @returns all that a person would have seen
 */
export async function atTerminal(
  words: readonly string[],
  answers: readonly (readonly [question: RegExp, answer: string])[],
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const command = [process.execPath, PROGRAM, ...words].map(quote).join(' ');
  // No ssh-agent and no usual keys: what is asked for is what is used.
  const env = { ...process.env, SSH_AUTH_SOCK: '', HOME: '/nonexistent', TERM: 'xterm' };
  const child = spawn('script', ['-qefc', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'], env });
  let screen = '';
  let seen = 0;
  const waiting = [...answers];
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString();
    const [next] = waiting;
    if (next === undefined || !next[0].test(screen.slice(seen))) return;
    seen = screen.length;
    waiting.shift();
    child.stdin.write(next[1]);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, screen };
}
