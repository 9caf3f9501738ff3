import { rmSync } from 'node:fs';
import { DEFAULT_SOFTWARE, type SoftwareSettings } from '../../core/software.js';
import { buildBatch, type BatchOutput } from '../batch.js';
import type { Collector, Sample } from '../collector.js';
import { folderWith, runBatch, type Node } from './shell.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
/** What a small system has; no client for HTTP. */
const APPLETS =
  'awk cat cut date dd df env find grep head id ls od readlink sed sh sha256sum sleep sort stat tail timeout tr uname wc'.split(
    ' ',
  );
const folders: string[] = [];

/** A node whose programs are all applets of a busybox, with some more by name. */
export function busyboxNode(busybox: string, more: Readonly<Record<string, string>> = {}): Node {
  const applets = Object.fromEntries(APPLETS.map((name) => [name, busybox]));
  const path = folderWith({ ...applets, ...more });
  folders.push(path);
  return { shell: [busybox, 'ash'], path };
}

/** Removes what {@link busyboxNode} made. */
export function removeNodes(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
}

export interface NodeAnswer extends BatchOutput {
  /** @throws {ParseError} what the collector throws */
  readonly parse: (collector: Collector) => Sample[];
}

/** What a node answers to a batch, to be read by the collectors of it. */
export async function answerOf(
  collectors: readonly Collector[],
  node: Node,
  settings: Partial<SoftwareSettings> = {},
): Promise<NodeAnswer> {
  const software = { ...DEFAULT_SOFTWARE, ...settings };
  const batch = buildBatch(collectors, software);
  const output = batch.split(await runBatch(batch.command(TOKEN), node), TOKEN);
  return {
    ...output,
    parse: (collector) => {
      const { output: text = '', status = 0 } = output.sections.get(collector.name) ?? {};
      return collector.parse({ files: output.files, output: text, status, software });
    },
  };
}

/** The collector on a node on which these generations, and nothing else, seem to be installed. */
export function withGenerations(collector: Collector, ...generations: readonly string[]): Collector {
  const facts = `G='${generations.map((generation) => ` ${generation}`).join('')}' N= P=`;
  const needs = (collector.needs ?? []).map((snippet) => {
    if (snippet.name === 'processes') return { ...snippet, script: () => ':' };
    return snippet.name === 'installations' ? { ...snippet, script: () => facts } : snippet;
  });
  return { ...collector, needs };
}
