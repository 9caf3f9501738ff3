import { FILES_SECTION, type Section } from '../collectors/split-answer.js';
import type { BatchRequest } from './batch-request.js';

/** What a node has to say. */
export interface NodeContents {
  /** Every path that {@link file} knows; the same array for nodes with the same files. */
  readonly paths: readonly string[];
  /** The text of a file, or undefined when it does not exist. */
  file(path: string): string | undefined;
  /** The answer of a section's script, which may part its output with the token of the probe. */
  section(name: string, token: string): Section;
}

/** The standard output of a batch, byte for byte as the shell of a real node would print it. */
export function answerBatch({ token, plan }: BatchRequest, contents: NodeContents): string {
  let answer = '';
  for (const name of plan.sections) {
    const { output, status } =
      name === FILES_SECTION ? head(plan.filesOn(contents.paths), contents) : contents.section(name, token);
    answer += `@${token} begin ${name}\n${output}\n@${token} end ${name} ${status}\n`;
  }
  return `${answer}@${token} done\n`;
}

/** `head -v` over some files: it complains about missing ones on standard error and goes on. */
function head(paths: readonly string[], contents: NodeContents): Section {
  let output = '';
  let status = 0;
  for (const path of paths) {
    const text = contents.file(path);
    if (text === undefined) status = 1;
    else output += `${output === '' ? '' : '\n'}==> ${path} <==\n${text}`;
  }
  return { output, status };
}
