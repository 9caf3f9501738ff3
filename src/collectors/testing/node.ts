import { rmSync } from 'node:fs';
import { DEFAULT_SOFTWARE, type SoftwareSettings } from '../../core/software.js';
import { findTool } from '../../stack/tools.js';
import { buildBatch } from '../batch.js';
import type { BatchOutput } from '../split-answer.js';
import type { Collector, Sample } from '../collector.js';
import { PROGRAMS, type FakeRoot } from './fake-root.js';
import { folderWith, runBatch } from './shell.js';

/** The token of the batches of tests. */
export const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';

/** The shells that nodes have as /bin/sh. */
export const SHELLS = ['dash', 'bash', 'busybox'] as const;
export type Shell = (typeof SHELLS)[number];

/** A machine that is asked. */
export interface Node {
  readonly shell: Shell;
  /** Programs, by name, that are found before all others. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Whether there are no others. Else there are those of a usual system; with busybox, only its own. */
  readonly bare?: boolean;
  /** Its file system; undefined for that of this machine. */
  readonly root?: FakeRoot;
}

const USUAL = '/usr/sbin:/usr/bin:/sbin:/bin';
/** What a small system has; no client for HTTP. */
const APPLETS =
  'awk cat cut date dd df env find grep head id ls od readlink sed sh sha256sum sleep sort stat tail timeout tr uname uniq wc'.split(
    ' ',
  );

/** The program of a shell, and the words before `-c`. */
export async function wordsOf(shell: Shell): Promise<readonly string[]> {
  if (shell === 'dash') return ['dash'];
  return shell === 'bash' ? ['bash', '--posix'] : [await findTool('busybox'), 'ash'];
}

/** Applets of busybox, by name. */
export async function applets(...names: readonly string[]): Promise<Record<string, string>> {
  const busybox = await findTool('busybox');
  return Object.fromEntries(names.map((name) => [name, busybox]));
}

export interface NodeAnswer extends BatchOutput {
  /** All that the batch printed. */
  readonly printed: string;
  /** @throws {ParseError} what the collector throws */
  readonly parse: (collector: Collector) => Sample[];
}

/** What a node answers to a batch, paths as on the node, to be read by the collectors of it. */
export async function askAll(
  collectors: readonly Collector[],
  { shell, programs = {}, bare = false, root }: Node,
  settings: Partial<SoftwareSettings> = {},
): Promise<NodeAnswer> {
  const software = { ...DEFAULT_SOFTWARE, ...settings };
  const batch = buildBatch(root === undefined ? collectors : collectors.map(root.inside), software);
  const reader = root === undefined ? batch : buildBatch(collectors, software);
  const usual = shell === 'busybox' && !bare ? await applets(...APPLETS) : {};
  const own = folderWith({ ...usual, ...programs });
  const path = [root?.at(PROGRAMS), own, shell === 'busybox' || bare ? undefined : USUAL];
  try {
    const setup = {
      shell: await wordsOf(shell),
      path: path.filter((folder) => folder !== undefined).join(':'),
    };
    const answer = await runBatch(batch.command(TOKEN), setup);
    const printed = root === undefined ? answer : answer.replaceAll(root.path, '');
    const output = reader.split(printed, TOKEN);
    return {
      ...output,
      printed,
      parse: (collector) => {
        const { output: text = '', status = 0 } = output.sections.get(collector.name) ?? {};
        return collector.parse({ files: output.files, output: text, status, software });
      },
    };
  } finally {
    rmSync(own, { recursive: true });
  }
}

/** What one collector's script prints on a node, and what the collector makes of it. */
export async function ask(
  collector: Collector,
  node: Node,
  settings: Partial<SoftwareSettings> = {},
): Promise<{ readonly output: string; readonly status: number; readonly samples: readonly Sample[] }> {
  const { complete, sections, parse } = await askAll([collector], node, settings);
  if (!complete) throw new Error('The batch was cut off.');
  return { output: '', status: 0, ...sections.get(collector.name), samples: parse(collector) };
}
