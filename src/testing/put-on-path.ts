import { delimiter, dirname } from 'node:path';
import { findTool, type ToolName } from '../stack/tools.js';

/**
 * Puts tools on PATH for what looks there itself, such as the backend openssh, and for the programs that the test starts. Until the end of the
 * test file.
 */
export async function putOnPath(...tools: readonly ToolName[]): Promise<void> {
  const programs = await Promise.all(tools.map((tool) => findTool(tool)));
  const folders = new Set(programs.map((program) => dirname(program)));
  const before = (process.env['PATH'] ?? '').split(delimiter);
  const missing = [...folders].filter((folder) => !before.includes(folder));
  process.env['PATH'] = [...missing, ...before].join(delimiter);
}
