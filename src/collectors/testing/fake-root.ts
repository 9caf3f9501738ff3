import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The folders of a node into which scripts look, where an absolute path begins. */
const PATHS = /(?<!PATH=|[\w:.])(?=\/(?:etc|usr|lib|run|opt|var|root|sys|proc)\b)/g;

/** A folder that scripts take for the root of a node. */
export interface FakeRoot {
  /** Text whose absolute paths lie in the folder. */
  moved(script: string): string;
  /** Where a file of the node is. */
  at(path: string): string;
  file(path: string, text?: string): void;
  folder(path: string): void;
  link(path: string, target: string): void;
  program(path: string, text: string): void;
  remove(): void;
}

/** An empty node in a new folder. */
export function createFakeRoot(): FakeRoot {
  const root = mkdtempSync(join(tmpdir(), 'pipefleet-root-'));
  const at = (path: string): string => join(root, path);
  const file = (path: string, text = ''): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  return {
    moved: (script) => script.replaceAll(PATHS, root),
    at,
    file,
    folder: (path) => mkdirSync(at(path), { recursive: true }),
    link: (path, target) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      symlinkSync(target, at(path));
    },
    program: (path, text) => {
      file(path, text);
      chmodSync(at(path), 0o755);
    },
    remove: () => rmSync(root, { recursive: true }),
  };
}
