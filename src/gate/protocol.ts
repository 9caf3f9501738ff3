/** Where the gate lies on every node: a file of root's in folders of root's, that everybody may read and run. */
export const GATE_PATH = '/usr/local/lib/pipefleet/gate';

/** The first word of every request. It is no program: where there is no gate, a shell does not find it. */
export const GATE_PROGRAM = 'pipefleet-gate';

/** Exit status of a gate that refused. */
export const REFUSED_STATUS = 126;

/** How the line on standard error begins with which a gate says why it refused. */
export const REFUSED = `${GATE_PROGRAM}: refused: `;

/** The request for one probe. */
export function monitorRequest(module: string, token: string): string {
  return `${GATE_PROGRAM} monitor ${module} ${token}`;
}

/** The request to answer what follows on standard input, one request a line. */
export const SERVE_REQUEST = `${GATE_PROGRAM} serve`;

/** The request for what {@link parseHello} reads. */
export const HELLO_REQUEST = `${GATE_PROGRAM} hello`;

/** The request to start, stop or restart a unit of the node software. */
export function serviceRequest(action: 'start' | 'stop' | 'restart', unit: string): string {
  return `${GATE_PROGRAM} service ${action} ${unit}`;
}

/** Why a gate refused; undefined when it was no gate, or did not refuse. */
export function refusalOf(answer: {
  readonly exitCode: number | undefined;
  readonly stderr: string;
}): string | undefined {
  if (answer.exitCode !== REFUSED_STATUS) return undefined;
  const line = answer.stderr.split('\n').find((one) => one.startsWith(REFUSED));
  return line?.slice(REFUSED.length);
}

/** A gate as it says of itself at the beginning of an answer to `monitor`. */
export interface AnsweringGate {
  /** Of the pipefleet that made it. */
  readonly version: string;
  /** What `batchDigest` gives for what it ran. */
  readonly batch: string;
}

const BEGINNING = /^gate (?<version>[0-9A-Za-z.+-]{1,64}) (?<batch>[0-9a-f]{16})$/;

/** The gate that gave an answer to `monitor`; undefined when none did. */
export function gateOf(stdout: string, token: string): AnsweringGate | undefined {
  const mark = `@${token} `;
  const start = stdout.indexOf(mark) + mark.length;
  if (start < mark.length) return undefined;
  const { version, batch } = BEGINNING.exec(stdout.slice(start, stdout.indexOf('\n', start)))?.groups ?? {};
  return version === undefined || batch === undefined ? undefined : { version, batch };
}

/** What a gate says of itself when it is asked for `hello`. */
export interface Hello {
  readonly version: string;
  readonly purpose: string;
  /** What the key may ask for. */
  readonly verbs: readonly string[];
  /** Modules that `monitor` takes. */
  readonly modules: readonly string[];
  /** SHA-256 of the file, in hexadecimal; undefined on a node that cannot compute it. */
  readonly digest: string | undefined;
}

/** Reads an answer to `hello`; undefined when it is none. */
export function parseHello(text: string): Hello | undefined {
  const lines = new Map(
    text.split('\n').map((line) => [line.split(' ', 1)[0] ?? '', line.split(' ').slice(1)] as const),
  );
  const version = lines.get(GATE_PROGRAM)?.[0];
  const purpose = lines.get('purpose')?.[0];
  const verbs = lines.get('verbs');
  if (version === undefined || purpose === undefined || verbs === undefined) return undefined;
  return { version, purpose, verbs, modules: lines.get('modules') ?? [], digest: lines.get('digest')?.[0] };
}
