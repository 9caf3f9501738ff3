import { FILES_SECTION, type Section } from '../collectors/batch.js';
import type { BatchRequest } from './batch-request.js';

/** What a node has to say: the text of a file, or undefined when it does not exist, and the answer of a section's script. */
export interface NodeContents {
  file(path: string): string | undefined;
  /** A script may part its output with the token of the probe. */
  section(name: string, token: string): Section;
}

/** The standard output of a batch, byte for byte as the shell of a real node would print it. */
export function answerBatch({ token, plan }: BatchRequest, contents: NodeContents): string {
  let answer = '';
  for (const name of plan.sections) {
    const { output, status } =
      name === FILES_SECTION ? head(plan.files, contents) : contents.section(name, token);
    answer += `@${token} begin ${name}\n${output}\n@${token} end ${name} ${status}\n`;
  }
  return `${answer}@${token} done\n`;
}

/** `head -v` over some files: it complains about missing ones on standard error and goes on. */
function head(paths: readonly string[], contents: NodeContents): Section {
  const parts: string[] = [];
  let status = 0;
  for (const path of paths) {
    const text = contents.file(path);
    if (text === undefined) status = 1;
    else parts.push(`==> ${path} <==\n${text}`);
  }
  return { output: parts.join('\n'), status };
}
