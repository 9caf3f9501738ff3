import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { generationOfHome, homes } from './pipe-node/homes.js';
import { installations, type Generation } from './pipe-node/installations.js';
import { readInteger, splitLines } from './text.js';

/** The file that is a node's identity, by generation. Mainnet's is not documented. */
const IDENTITY = new Map<string, Generation>([
  ['.pop_state.json', 'testnet'],
  ['node_info.json', 'devnet'],
  ['node.key', 'lattice'],
]);
/** Files with secrets beside them. */
const SECRETS = ['.pop_state.json.bak', 'config.json', '.env', 'node.env'];

/** Written, empty, by what has made a backup of the identity; its time is that of the backup. */
const BACKUP = '/var/lib/pipefleet/backup.stamp';

const FILE = /^file (?<mode>[0-7]{1,4}) (?<modified>-?\d+) (?<inode>\d+:\d+) (?<file>\/\S+)$/;
const FOLDER = /^(?<state>home|hidden) (?<folder>\/\S+)$/;
const STAMP = /^backup (?<time>-?\d+)$/;

/** Permissions of others than the owner. */
const FOREIGN = 0o077;

/**
 * Prints `home FOLDER` or, when the account may not look into it, `hidden FOLDER`; `file MODE MTIME DEVICE:INODE PATH` of each
 * file that is there, and `unknown` when they could not all be told; `backup MTIME`. Nothing is opened.
 */
const SCRIPT = `set --
for d in $D; do
if [ -x $d ]; then echo "home $d"; else echo "hidden $d"; continue; fi
for f in ${[...IDENTITY.keys(), ...SECRETS].join(' ')}; do [ ! -f $d/$f ] || set -- "$@" $d/$f; done
done
[ $# -eq 0 ] || t 2 stat -L -c 'file %a %Y %d:%i %n' "$@" 2>/dev/null || printf '\\nunknown\\n'
[ ! -e ${BACKUP} ] || t 2 stat -c 'backup %Y' ${BACKUP} 2>/dev/null`;

const SOURCE = 'stat';

/** Whether the files that a node cannot do without are there, alone, and kept from others; they are never opened. */
export const pipeIdentity: Collector = {
  name: 'pipe-identity',
  module: 'inventory',
  summary:
    'Files with identity and secrets of the node software, by name, permissions and time; they are never opened. What lies in a ' +
    'folder that the account may not search is absent, as that of Lattice is to everybody but root and the software itself.',
  metrics: {
    pipe_node_identity_files: {
      type: 'gauge',
      help:
        'Identities of the generation in the known folders, counted once however they are linked; more than one on a host ' +
        'risks a second registration.',
      labels: ['generation'],
      source: SOURCE,
    },
    pipe_node_identity_file_mode: {
      type: 'gauge',
      help: 'Permissions of the file as their octal digits read: 600 for rw-------.',
      labels: ['file'],
      source: SOURCE,
    },
    pipe_node_identity_file_private: {
      type: 'gauge',
      help: '1 when nobody but its owner may read, write or run the file, else 0.',
      labels: ['file'],
      source: SOURCE,
    },
    pipe_node_identity_file_modified_timestamp_seconds: {
      type: 'gauge',
      help: 'Unix time at which the file was last written.',
      labels: ['file'],
      source: SOURCE,
    },
    pipe_node_backup_timestamp_seconds: {
      type: 'gauge',
      help: `Unix time of the last backup of the identity, as the time of ${BACKUP}, which whatever makes the backup touches.`,
      source: SOURCE,
    },
  },
  needs: [installations, homes],
  script: () => SCRIPT,
  parse: ({ output }) => readFiles(splitLines(output)),
};

function readFiles(lines: readonly string[]): Sample[] {
  const samples: Sample[] = [];
  const identities = new Map<Generation, Set<string>>();
  const hidden = new Set<Generation | undefined>();
  const seen = new Set<string>();
  for (const line of lines) {
    const { state, folder = '' } = FOLDER.exec(line)?.groups ?? {};
    if (state !== undefined) {
      const generation = generationOfHome(folder);
      if (state === 'hidden') hidden.add(generation);
      else if (isIdentified(generation) && !identities.has(generation)) identities.set(generation, new Set());
      continue;
    }
    if (line === 'unknown') {
      hidden.add(undefined);
      continue;
    }
    const { time } = STAMP.exec(line)?.groups ?? {};
    if (time !== undefined) {
      if (seen.has(BACKUP)) continue;
      seen.add(BACKUP);
      samples.push({
        metric: 'pipe_node_backup_timestamp_seconds',
        labels: {},
        value: readInteger(time, BACKUP),
      });
      continue;
    }
    const { mode = '', modified, inode = '', file = '' } = FILE.exec(line)?.groups ?? {};
    if (file === '') throw new ParseError('The script printed a line that it has no form for.');
    if (seen.has(file)) continue;
    seen.add(file);
    const generation = IDENTITY.get(file.slice(file.lastIndexOf('/') + 1));
    if (generation !== undefined) {
      identities.set(generation, (identities.get(generation) ?? new Set()).add(inode));
    }
    const isPrivate = (Number.parseInt(mode, 8) & FOREIGN) === 0;
    samples.push(
      { metric: 'pipe_node_identity_file_mode', labels: { file }, value: Number(mode) },
      { metric: 'pipe_node_identity_file_private', labels: { file }, value: isPrivate ? 1 : 0 },
      {
        metric: 'pipe_node_identity_file_modified_timestamp_seconds',
        labels: { file },
        value: readInteger(modified, file),
      },
    );
  }
  for (const [generation, inodes] of identities) {
    // A folder that cannot be searched may hold one more; one that only a unit names, and a file that was not told, of any generation.
    if (hidden.has(generation) || hidden.has(undefined)) continue;
    samples.push({ metric: 'pipe_node_identity_files', labels: { generation }, value: inodes.size });
  }
  return samples;
}

function isIdentified(generation: Generation | undefined): generation is Generation {
  return generation !== undefined && generation !== 'mainnet';
}
