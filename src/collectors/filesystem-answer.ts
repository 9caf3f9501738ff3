import { ParseError } from './collector.js';
import { LANDMARK } from './filesystem-script.js';

/** A mount of a node, and what `stat -f` said of it. */
export interface Mount {
  readonly device: string;
  /** As /proc/self/mountinfo escapes it. */
  readonly point: string;
  readonly type: string;
  readonly readonly: boolean;
  /** Of the device, `MAJOR:MINOR`. */
  readonly deviceNumber: string;
  /** Bytes of a block; blocks, free ones, free ones for users other than root; file nodes, free ones. Absent when it told none. */
  numbers?: readonly number[] | undefined;
  /** Why it told none, as strerror(3) puts it; absent when that was not said. */
  error?: string | undefined;
}

/** What node_exporter says of a mount that does not answer. */
const TIMEOUT = 'mountpoint timeout';

const NUMBERS = /^\d{1,20}(?: \d{1,20}){5}$/;
const DEVICE_NUMBER = /^\d{1,10}:\d{1,10}$/;
/** What follows the last `: `, whatever comes before it; uutils adds the number of the error. */
const ERROR = /: (?<error>[^:]{1,100}?)(?: \(os error \d+\))?$/;

/**
 * Reads what the script of the file systems printed, or its twin in Perl: the mounts in the order of the list.
 *
 * @throws {ParseError} when the list is not of its form, or `stat -f` does not work on the node at all
 */
export function readMounts(output: string): Mount[] {
  const mounts: Mount[] = [];
  /** Those that were asked by themselves, in the order of their numbers. */
  const apart: Mount[] = [];
  let waiting: Mount[] = [];
  let together: Mount[] = [];
  let works = true;
  for (const { header, rest, body } of blocksOf(output)) {
    const [number, ...numbers] = rest.split(' ');
    const mount = apart[Number(number) - 1];
    if (header === 'mount' || header === 'apart') {
      const listed = readMount(rest);
      mounts.push(listed);
      (header === 'mount' ? waiting : apart).push(listed);
    } else if (header === 'together') {
      if (!works) break;
      [together, waiting] = [waiting, []];
      works = readPlaces(body, together);
    } else if (header === 'again') {
      works = true;
      for (const one of together) apart.push(one);
      together = [];
    } else if (header === 'why' && rest === '') {
      explain(together, body);
      together = [];
    } else if (mount === undefined) continue;
    else if (header === 'stat') mount.numbers = readNumbers(numbers);
    else if (header === 'timeout') mount.error = TIMEOUT;
    else explain([mount], body);
  }
  if (!works) throw new ParseError(`stat -f did not even answer for ${LANDMARK}.`);
  if (waiting.length > 0) throw new ParseError('The list of mounts ends before they were asked.');
  return mounts;
}

interface Block {
  readonly header: string;
  /** What follows the header in its line. */
  readonly rest: string;
  /** The lines below it that hold something, up to the next header. */
  readonly body: string[];
}

const HEADERS: ReadonlySet<string> = new Set([
  'mount',
  'apart',
  'together',
  'again',
  'stat',
  'timeout',
  'why',
]);

function blocksOf(output: string): Block[] {
  const blocks: Block[] = [];
  for (const line of output.split('\n')) {
    const blank = line.indexOf(' ');
    const header = blank < 0 ? line : line.slice(0, blank);
    if (HEADERS.has(header)) blocks.push({ header, rest: blank < 0 ? '' : line.slice(blank + 1), body: [] });
    else if (line !== '') blocks.at(-1)?.body.push(line);
  }
  return blocks;
}

function readMount(words: string): Mount {
  const [device, point, type, mode, deviceNumber, ...others] = words.split(' ');
  if (
    device === undefined ||
    !point ||
    !type ||
    (mode !== 'ro' && mode !== 'rw') ||
    !DEVICE_NUMBER.test(deviceNumber ?? '') ||
    deviceNumber === undefined ||
    others.length > 0
  )
    throw new ParseError('A line of the list of mounts has other fields than documented.');
  return { device, point, type, readonly: mode === 'ro', deviceNumber };
}

/**
 * Takes the numbers of mounts that share a process: a landmark comes before each, and nothing follows it where one told none.
 *
 * @returns whether there was a landmark
 */
function readPlaces(lines: readonly string[], mounts: readonly Mount[]): boolean {
  let place = -1;
  for (const line of lines) {
    const words = line.split(' ');
    const name = words.slice(6).join(' ');
    if (name === LANDMARK) place += 1;
    const mount = mounts[place];
    // A line without a name was cut off.
    if (name !== LANDMARK && name !== '' && mount !== undefined)
      mount.numbers = readNumbers(words.slice(0, 6));
  }
  return place >= 0;
}

/** Six counts; undefined when they are anything else. */
function readNumbers(words: readonly string[]): readonly number[] | undefined {
  return NUMBERS.test(words.join(' ')) ? words.map(Number) : undefined;
}

/** Gives those without numbers the errors that were printed, a line each in the same order: otherwise it is unknown whose they are. */
function explain(mounts: readonly Mount[], lines: readonly string[]): void {
  const unknown = mounts.filter(({ numbers }) => numbers === undefined);
  if (unknown.length !== lines.length) return;
  for (const [index, mount] of unknown.entries())
    mount.error = ERROR.exec(lines[index] ?? '')?.groups?.['error'];
}
