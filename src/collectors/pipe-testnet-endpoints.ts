import { ParseError } from './collector.js';
import { ENDPOINTS } from './pipe-testnet-script.js';

export type Endpoint = (typeof ENDPOINTS)[number]['name'];

/** An object that came as JSON: nothing is known about its values. */
export type Json = Readonly<Record<string, unknown>>;

/** The bodies of the endpoints that answered recognisably. */
export type Bodies = ReadonlyMap<Endpoint, Json>;

export interface Answers {
  /** The files of an installation are on the node. */
  readonly installed: boolean;
  /** The node has a program that speaks HTTP. */
  readonly client: boolean;
  readonly bodies: Bodies;
  /** An answer that no other software gives, so that it proves the software without its files. */
  readonly unmistakable: boolean;
}

const HEAD = /^(?<token>[0-9a-f]+)\ninstalled (?<installed>[01])\nclient (?<client>curl|wget|none)\n/;
const OK = '200';

const TIER_KEYS = ['memory_cache', 'disk_cache'];
const WINDOW_KEYS = ['requests', 'egress_bytes', 'bandwidth', 'cache_hit_ratio', 'origin_errors'];

/**
 * What each endpoint's body has at least. `own` holds for a body that only this software gives; many programs have a
 * /health with a `status`.
 */
const SHAPES: Readonly<Record<Endpoint, { is(body: Json): boolean; own(body: Json): boolean }>> = {
  health: {
    is: (body) => typeof body['status'] === 'string',
    own: (body) => TIER_KEYS.some((key) => isRecord(body[key])),
  },
  state: { is: (body) => 'pop_id' in body, own: () => true },
  status: { is: (body) => typeof body['uptime_seconds'] === 'number', own: () => false },
  metrics: {
    is: (body) => WINDOW_KEYS.some((key) => isRecord(body[key])),
    own: (body) => isRecord(body['egress_bytes']),
  },
  cache_stats: {
    is: (body) => [...TIER_KEYS, 'cache_config'].some((key) => isRecord(body[key])),
    own: () => true,
  },
};

/**
 * Takes apart what the script printed. A body that is no JSON, or not that of its endpoint, counts as no answer.
 *
 * @throws {ParseError} when the head of the text is not the script's
 */
export function readEndpoints(output: string): Answers {
  const head = HEAD.exec(output);
  const { token, installed, client } = head?.groups ?? {};
  if (head === null || token === undefined) {
    throw new ParseError('The answers of the endpoints do not begin as the script prints them.');
  }
  const bodies = new Map<Endpoint, Json>();
  let unmistakable = false;
  let rest = output.slice(head[0].length);
  const mark = `\n@${token} `;
  for (let at = rest.indexOf(mark); at >= 0; at = rest.indexOf(mark)) {
    const text = rest.slice(0, at);
    const eol = rest.indexOf('\n', at + mark.length);
    const line = rest.slice(at + mark.length, eol < 0 ? undefined : eol);
    rest = eol < 0 ? '' : rest.slice(eol + 1);
    const [status, , url = ''] = line.split(' ');
    const endpoint = ENDPOINTS.find(({ path }) => url.endsWith(path))?.name;
    const body = status === OK ? readJson(text) : undefined;
    if (endpoint === undefined || body === undefined || !SHAPES[endpoint].is(body)) continue;
    bodies.set(endpoint, body);
    unmistakable ||= SHAPES[endpoint].own(body);
  }
  return { installed: installed === '1', client: client !== 'none', bodies, unmistakable };
}

/** Whether a value that came as JSON is an object, and not null or a list. */
export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
