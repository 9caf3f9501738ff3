import type { LoadOptions } from '../config/load.js';

/** A node as it is written into the configuration. */
export interface NodeEntry {
  readonly name: string;
  readonly host: string;
  readonly port?: number;
  readonly credential?: string;
  readonly jump?: string | readonly string[];
  readonly groups?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly location?: { readonly latitude: number; readonly longitude: number };
  readonly addresses?: readonly string[];
}

/** Changes the text of the configuration and nothing else in it; each throws a PipefleetError for what it cannot do. */
export interface ConfigEditor {
  readonly addNodes: (text: string, entries: readonly NodeEntry[]) => string;
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
