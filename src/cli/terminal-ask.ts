import confirm from '@inquirer/confirm';
import input from '@inquirer/input';
import password from '@inquirer/password';
import { PipefleetError } from '../core/errors.js';
import type { Ask } from './ask.js';

/**
 * Asks at the terminal, on standard error, so that standard output stays a command's answer.
 *
 * @param hint what to do where there is no terminal, such as `use --yes`
 */
export function terminalAsk(hint: string): Ask {
  const context = { output: process.stderr, input: process.stdin };
  const guard = async <T>(question: string, ask: () => Promise<T>): Promise<T> => {
    if (!process.stdin.isTTY) {
      throw new PipefleetError('usage', `There is no terminal to ask "${question}" at; ${hint}.`);
    }
    try {
      return await ask();
    } catch (cause) {
      // Ctrl-C, or the terminal is gone.
      throw new PipefleetError('declined', 'Nothing was changed.', { cause });
    }
  };
  return {
    confirm: (question) => guard(question, () => confirm({ message: question, default: false }, context)),
    secret: (question) => guard(question, () => password({ message: question, mask: false }, context)),
    text: (question) => guard(question, () => input({ message: question }, context)),
  };
}
