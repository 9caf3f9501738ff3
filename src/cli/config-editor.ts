import type { NodeChange } from '../config/edit/node-change.js';
import type { NodeEntry } from '../config/edit/node-entry.js';
import type { LoadOptions } from '../config/load.js';

export type { NodeChange, NodeEntry };

/** Changes the text of the configuration and nothing else in it; each throws a PipefleetError for what it cannot do. */
export interface ConfigEditor {
  readonly addNodes: (text: string, entries: readonly NodeEntry[]) => string;
  readonly changeNodes: (text: string, changes: ReadonlyMap<string, NodeChange>) => string;
  readonly removeNodes: (text: string, names: readonly string[]) => string;
  /** What a change would make of the file, judged as if it were written. */
  readonly planConfigChange: (
    path: string,
    change: (text: string) => string,
    options: LoadOptions,
  ) => Promise<{ readonly before: string; readonly after: string }>;
  readonly updateConfigFile: (
    path: string,
    change: (text: string) => string,
    options: LoadOptions,
  ) => Promise<{ readonly before: string; readonly after: string }>;
  readonly diffLines: (before: string, after: string) => string;
}
