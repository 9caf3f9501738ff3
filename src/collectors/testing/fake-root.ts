import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Collector } from '../collector.js';

/** Where scripts look on a node; its programs, and what only a kernel can state, are those of this machine. */
const FOLDERS = [
  ...['/boot', '/etc', '/home', '/lib', '/opt', '/root', '/run', '/srv', '/var'],
  ...['/usr/lib', '/usr/local', '/usr/share'],
];

/** A folder that collectors take for the root of a node's file system. */
export interface FakeRoot {
  /** Where the folder is on this machine. */
  readonly path: string;
  /** Where a file of the node is on this machine. */
  readonly at: (path: string) => string;
  /** Writes a file, and the folders that it needs. */
  readonly write: (path: string, text?: string | Uint8Array, mode?: number) => void;
  readonly folder: (path: string) => void;
  readonly link: (path: string, target: string) => void;
  /** A program of the node, as a shell script, that is found before any other of its name. */
  readonly program: (name: string, script: string) => void;
  /** Shell text whose absolute paths lie in the folder. */
  readonly moved: (text: string) => string;
  /** A collector that reads and runs there; in the shell, whatever it has in Perl. */
  readonly inside: (collector: Collector) => Collector;
  readonly remove: () => void;
}

/** The folder of a root in which its programs are. */
export const PROGRAMS = '/programs';

/**
 * An empty root in a new folder.
 *
 * @param kernel which of `/proc` and `/sys` are those of the root instead of those of this machine
 */
export function createFakeRoot(...kernel: readonly ('/proc' | '/sys')[]): FakeRoot {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pipefleet-root-')));
  // A path at its beginning: not behind a variable, a pattern or another part of the path.
  const start = new RegExp(`(?<![\\w/.}$*\\]])(?=(?:${[...FOLDERS, ...kernel].join('|')})/)`, 'g');
  const at = (path: string): string => join(root, path);
  const moved = (text: string): string => text.replaceAll(start, () => root);
  const parent = (path: string): void => void mkdirSync(dirname(at(path)), { recursive: true });
  const write: FakeRoot['write'] = (path, text = '', mode = 0o644) => {
    parent(path);
    writeFileSync(at(path), text);
    chmodSync(at(path), mode);
  };
  const inside: FakeRoot['inside'] = (collector) => {
    const { files = [], needs = [], script } = collector;
    const here: Collector & { perl?: string } = {
      ...collector,
      files: files.map(moved),
      needs: needs.map((need) => ({ ...need, script: (software) => moved(need.script(software)) })),
      ...(script === undefined ? {} : { script: (software) => moved(script(software)) }),
    };
    delete here.perl;
    return here;
  };
  return {
    path: root,
    at,
    write,
    folder: (path) => void mkdirSync(at(path), { recursive: true }),
    link: (path, target) => {
      parent(path);
      symlinkSync(target, at(path));
    },
    program: (name, script) => write(`${PROGRAMS}/${name}`, `#!/bin/sh\n${script}\n`, 0o755),
    moved,
    inside,
    remove: () => rmSync(root, { recursive: true }),
  };
}
