import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { homes } from './pipe-node/homes.js';
import { installations } from './pipe-node/installations.js';
import { LOG_CLASSES, PIPE_LOG_SCRIPT } from './pipe-log-script.js';
import { readCount, readInteger, splitLines } from './text.js';

const LOG = /^log (?<size>\d+) (?<modified>-?\d+) (?<file>\/\S+)$/;
const ROTATED = /^rotated (?<rotated>[01]) (?<file>\/\S+)$/;
const LINES = /^lines (?<name>\S+) (?<counts>[\d ]+)$/;
const UNIT = /^[\w.@-]+\.service$/;

const CLASSES = `one of ${LOG_CLASSES.join(', ')}`;

/** What the node software complains of in its log files and in the journal, as counts: no line leaves the node. */
export const pipeLog: Collector = {
  name: 'pipe-log',
  module: 'inventory',
  summary:
    'Logs of the node software, classified on the node so that no line leaves it. Files that only root may read are told by size ' +
    'alone; the journal needs the group `systemd-journal` or `adm`, as by `usermod -aG systemd-journal ACCOUNT`.',
  metrics: {
    pipe_node_log_recent_lines: {
      type: 'gauge',
      help:
        `Lines of trouble in the last 256 KiB of the log file by class (${CLASSES}); lines have no time, so that an old ` +
        'one counts until newer ones have pushed it out.',
      labels: ['file', 'class'],
      source: 'tail of the log file, counted on the node',
    },
    pipe_node_log_size_bytes: {
      type: 'gauge',
      help: 'Size of the log file.',
      labels: ['file'],
      source: 'stat',
    },
    pipe_node_log_modified_timestamp_seconds: {
      type: 'gauge',
      help: 'Unix time at which the log file was last written.',
      labels: ['file'],
      source: 'stat',
    },
    pipe_node_log_rotated: {
      type: 'gauge',
      help: '1 when older parts stand beside the log file or the configuration of logrotate names its folder, else 0.',
      labels: ['file'],
      source: 'the folder, /etc/logrotate.d',
    },
    pipe_node_journal_recent_lines: {
      type: 'gauge',
      help: `Lines of trouble in the journal of the unit by class (${CLASSES}), in the last 5 minutes and at most the last 500 lines.`,
      labels: ['name', 'class'],
      source: 'journalctl, counted on the node',
    },
  },
  needs: [installations, homes],
  script: () => PIPE_LOG_SCRIPT,
  parse: ({ output }) => readLogs(splitLines(output)),
};

function readLogs(lines: readonly string[]): Sample[] {
  const samples = new Map<string, Sample>();
  const add = (metric: string, labels: Readonly<Record<string, string>>, value: number): void => {
    samples.set(JSON.stringify([metric, labels]), { metric, labels, value });
  };
  for (const line of lines) {
    const { size, modified, file = '' } = (LOG.exec(line) ?? ROTATED.exec(line))?.groups ?? {};
    const { rotated } = ROTATED.exec(line)?.groups ?? {};
    if (size !== undefined) {
      add('pipe_node_log_size_bytes', { file }, readCount(size, file));
      add('pipe_node_log_modified_timestamp_seconds', { file }, readInteger(modified, file));
      continue;
    }
    if (rotated !== undefined) {
      add('pipe_node_log_rotated', { file }, Number(rotated));
      continue;
    }
    const { name = '', counts = '' } = LINES.exec(line)?.groups ?? {};
    const isUnit = UNIT.test(name);
    const values = counts.split(' ');
    if ((!isUnit && !name.startsWith('/')) || values.length !== LOG_CLASSES.length) {
      throw new ParseError('The script printed a line that it has no form for.');
    }
    for (const [index, kind] of LOG_CLASSES.entries()) {
      const value = readCount(values[index], `the counts of ${name}`);
      if (isUnit) add('pipe_node_journal_recent_lines', { name, class: kind }, value);
      else add('pipe_node_log_recent_lines', { file: name, class: kind }, value);
    }
  }
  return [...samples.values()];
}
