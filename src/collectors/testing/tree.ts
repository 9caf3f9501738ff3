import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DEFAULT_SOFTWARE, type SoftwareSettings } from '../../core/software.js';
import { findTool } from '../../stack/tools.js';
import { buildBatch } from '../batch.js';
import type { Collector, Sample, Snippet } from '../collector.js';
import { folderWith, runBatch, type Node } from './shell.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';

/** Where a script may look on a node, but for procfs and sysfs. */
const ABSOLUTE =
  /(?<![\w/.}$*\]])\/(?=(?:opt|etc|var|run|root|home|boot|lib|usr\/local|usr\/lib|usr\/share)\/)/g;

/** A folder that scripts take for the root of a node's file system. */
export interface Tree {
  readonly root: string;
  /** Writes a file, and the folders that it needs. */
  write(path: string, text: string | Uint8Array, mode?: number): void;
  /** A program of the node, as a shell script, that is found before any other of its name. */
  program(name: string, script: string): void;
  /** What a collector's script prints there, paths as on a node, and what the collector makes of it. */
  run(collector: Collector, shell: TreeShell, software?: Partial<SoftwareSettings>): Promise<TreeAnswer>;
  remove(): void;
}

export interface TreeAnswer {
  readonly output: string;
  readonly status: number;
  readonly samples: readonly Sample[];
}

/** The shells that nodes have as /bin/sh; busybox brings all of its programs, and there are no others. */
export const TREE_SHELLS = ['dash', 'bash', 'busybox'] as const;
export type TreeShell = (typeof TREE_SHELLS)[number];

/** Makes an empty tree. */
export function createTree(): Tree {
  const root = mkdtempSync(join(tmpdir(), 'pipefleet-tree-'));
  const moved = (script: string): string => script.replaceAll(ABSOLUTE, () => `${root}/`);
  const folders: string[] = [root];
  const programs = join(root, 'programs');
  const write: Tree['write'] = (path, text, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  };
  return {
    root,
    write,
    program: (name, script) => write(`/programs/${name}`, `#!/bin/sh\n${script}\n`, 0o755),
    run: async (collector, shell, settings = {}) => {
      const software = { ...DEFAULT_SOFTWARE, ...settings };
      const { name, script, needs = [] } = collector;
      const snippets = needs.map((need): Snippet => ({
        ...need,
        script: () => moved(need.script(software)),
      }));
      const here: Collector = {
        ...collector,
        needs: snippets,
        script: () => moved(script?.(software) ?? ''),
      };
      const batch = buildBatch([here], software);
      const answer = batch.split(
        await runBatch(batch.command(TOKEN), await nodeOf(shell, programs, folders)),
        TOKEN,
      );
      if (!answer.complete) throw new Error('The batch was cut off.');
      const { output = '', status = 0 } = answer.sections.get(name) ?? {};
      const text = output.replaceAll(root, '');
      const samples = collector.parse({ files: answer.files, output: text, status, software });
      return { output: text, status, samples };
    },
    remove: () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

const APPLETS =
  'awk cat cut date env grep head id ls readlink sed sh sha256sum sleep sort stat tail timeout tr uname uniq wc';

async function nodeOf(shell: TreeShell, programs: string, folders: string[]): Promise<Node> {
  const usual = `${programs}:/usr/sbin:/usr/bin:/sbin:/bin`;
  if (shell === 'dash') return { shell: ['dash'], path: usual };
  if (shell === 'bash') return { shell: ['bash', '--posix'], path: usual };
  const busybox = await findTool('busybox');
  const path = folderWith(Object.fromEntries(APPLETS.split(' ').map((applet) => [applet, busybox])));
  folders.push(path);
  return { shell: [busybox, 'ash'], path: `${programs}:${path}` };
}
