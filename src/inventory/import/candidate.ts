import { hostMistake } from '../../config/address.js';
import { labelNameMistake, labelValueMistake, NAME } from '../../config/names.js';

/** A machine that a file of another tool names: a node that could be. */
export interface Candidate {
  readonly name: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly location: { readonly latitude: number; readonly longitude: number } | undefined;
}

/** What a reader found, and what of the file it could not take over, a sentence each. */
export interface Found {
  readonly candidates: readonly Candidate[];
  readonly warnings: readonly string[];
}

/** Reads a file of another tool. Total: what it cannot read becomes a warning, and no warning repeats a value. */
export type Reader = (text: string) => Found;

/** What a file says of a machine, before it is made fit for pipefleet.yml. */
export interface RawCandidate {
  readonly name: string;
  readonly host: string;
  readonly port?: string | number | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly location?: Candidate['location'];
  /** Where it stands, such as `line 3`. */
  readonly place: string;
}

/** What looks like a secret is never taken over as a label, and not repeated. */
const SECRET = /pass|secret|token|key|credential|become|private/i;

/**
 * Makes what files say fit for pipefleet.yml: names, groups and labels of its forms, each name once. What does not fit is left out
 * with a warning.
 */
export function fitCandidates(raw: readonly RawCandidate[], warnings: readonly string[] = []): Found {
  const told = [...warnings];
  const taken = new Set<string>();
  const candidates: Candidate[] = [];
  for (const { name, host, port, groups = [], labels = {}, location, place } of raw) {
    const mistake = hostMistake(host);
    const number = port === undefined || port === '' ? undefined : Number(port);
    if (mistake !== undefined) {
      told.push(`${place}: the host ${mistake}; it was left out.`);
      continue;
    }
    if (number !== undefined && !(Number.isInteger(number) && number >= 1 && number <= 65_535)) {
      told.push(`${place}: the port is no number from 1 to 65535; the host was left out.`);
      continue;
    }
    const fit: Record<string, string> = {};
    for (const [label, value] of Object.entries(labels)) {
      if (SECRET.test(label)) continue;
      const own = label.replaceAll(/[^a-zA-Z0-9_]/g, '_');
      if (labelNameMistake(own) !== undefined || labelValueMistake(value) !== undefined)
        told.push(`${place}: the label ${own} cannot be used; it was left out.`);
      else fit[own] = value;
    }
    candidates.push({
      name: uniqueName(name, taken),
      host,
      port: number === 22 ? undefined : number,
      groups: [...new Set(groups.map(fitName))],
      labels: fit,
      location,
    });
  }
  return { candidates, warnings: told };
}

function uniqueName(wanted: string, taken: Set<string>): string {
  const base = fitName(wanted);
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base.slice(0, 58)}-${number}`;
  taken.add(name);
  return name;
}

/** A name of the form that pipefleet.yml takes, as like the given one as can be. */
function fitName(wanted: string): string {
  const plain = wanted.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 62);
  return NAME.test(plain) ? plain : `n${plain}`.slice(0, 62);
}
