import { delimiter, dirname } from 'node:path';
import { findTool, type ToolName } from '../stack/tools.js';

/**
 * Puts tools on PATH for what looks there itself, such as the backend openssh, and for the programs that the test starts. Until the end of the
 * test file.
 */
export async function putOnPath(...tools: readonly ToolName[]): Promise<void> {
  const programs = await Promise.all(tools.map((tool) => findTool(tool)));
  const folders = new Set(programs.map((program) => dirname(program)));
  process.env['PATH'] = [...folders, process.env['PATH'] ?? ''].join(delimiter);
}
