import { run } from '../src/stack/run.js';
import { findTool, type ToolName } from '../src/stack/tools.js';

/** How each kind of program says its version; OpenSSH's server says it when it does not know an option. */
const ASK: Partial<Readonly<Record<ToolName, readonly string[]>>> = { sshd: ['-V'], ssh: ['-V'] };

/** The version that a tool states, as `9.2p1` or `3.5.0`; `unknown` when it states none. */
export async function versionOf(name: ToolName): Promise<string> {
  const { stdout, stderr } = await run(await findTool(name), [...(ASK[name] ?? ['--version'])]);
  const version = /(?:OpenSSH_|version[: ]+v?|-)(?<version>\d+(?:\.\d+)+(?:p\d+)?)/i.exec(stdout + stderr);
  return version?.groups?.['version'] ?? 'unknown';
}
