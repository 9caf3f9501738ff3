import { type Collector, ParseError } from '../../collectors/collector.js';
import {
  EXEC_PHASES,
  type Exec,
  type ExecOptions,
  type ExecPhases,
  type ExecResult,
} from '../../core/exec.js';
import type { Module, Node } from '../../inventory/node.js';
import { sketchNode } from '../../inventory/testing/sketches.js';

/** No time spent in any phase. */
export const NO_PHASES = Object.fromEntries(EXEC_PHASES.map((phase) => [phase, 0])) as ExecPhases;

/** A command that ran to its end. */
export function ran(stdout: string, parts: Partial<ExecResult> = {}): ExecResult {
  return {
    reason: 'none',
    message: '',
    exitCode: 0,
    stdout,
    stderr: '',
    connectionReused: true,
    phases: NO_PHASES,
    retryAfterSeconds: 0,
    ...parts,
  };
}

export interface FakeExec extends Exec {
  /** Every call so far. */
  readonly calls: { readonly command: string; readonly options: ExecOptions }[];
}

/** What a shell says to a request to a gate that it does not have. */
export const NO_GATE: ExecResult = ran('', { exitCode: 127, stderr: 'sh: 1: pipefleet-gate: not found\n' });

/** The way to a node without a gate, played by a function of the command and its options; requests to a gate are not counted. */
export function fakeExec(
  answer: (command: string, options: ExecOptions) => ExecResult | Promise<ExecResult>,
): FakeExec {
  const calls: FakeExec['calls'] = [];
  return {
    calls,
    exec: async (command, options) => {
      if (command.startsWith('pipefleet-gate ')) return NO_GATE;
      calls.push({ command, options });
      return answer(command, options);
    },
  };
}

/** The token of a batch's command. */
export function tokenOf(command: string): string {
  return /T=(?<token>[0-9a-f]{32})/.exec(command)?.groups?.['token'] ?? '';
}

/** What a node prints for these sections, in order. */
export function answerOf(command: string, sections: Readonly<Record<string, string>>): string {
  const token = tokenOf(command);
  const parts = Object.entries(sections).map(
    ([name, text]) => `@${token} begin ${name}\n${text}\n@${token} end ${name} 0\n`,
  );
  return `${parts.join('')}@${token} done\n`;
}

/** A collector that reads one number. */
export const numberCollector: Collector = {
  name: 'number',
  module: 'node',
  summary: 'One number.',
  metrics: { test_number: { type: 'gauge', help: 'A number.' } },
  script: () => 'echo 7',
  parse: ({ output }) => {
    if (!/^\d+\n?$/.test(output)) throw new ParseError('It is not a number.');
    return [{ metric: 'test_number', value: Number(output) }];
  },
};

/** A collector that reads lines `name value`. */
export const wordsCollector: Collector = {
  name: 'words',
  module: 'node',
  summary: 'Words.',
  metrics: { test_word: { type: 'counter', help: 'Words by name.', labels: ['name'] } },
  script: () => 'cat words',
  parse: ({ output }) =>
    output
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [name = '', value] = line.split(' ');
        return { metric: 'test_word', labels: { name }, value: Number(value) };
      }),
};

export const testNode: Node = sketchNode({
  host: '192.0.2.7',
  groups: ['edge'],
  labels: { region: 'eu' },
  location: { latitude: 50.11, longitude: 8.68 },
});

export const testModule: Module = {
  name: 'node',
  collectors: ['number', 'words'],
  timeoutSeconds: 20,
  intervalSeconds: undefined,
  shareSeconds: 0,
};
