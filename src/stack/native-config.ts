import { isAbsolute, join } from 'node:path';
import { type Document, isMap, isScalar, parseDocument, visit } from 'yaml';
import { PipefleetError } from '../core/errors.js';

/** Where the services of the bundle listen on this machine: ports of 127.0.0.1. */
export interface ServicePorts {
  readonly pipefleet: number;
  readonly prometheus: number;
  readonly alertmanager: number;
}

export interface NativeConfigOptions {
  readonly ports: ServicePorts;
  /** Absolute folder of the bundle's file; relative paths in it are relative to this. */
  readonly folder: string;
  /** Scrapes, evaluates and refreshes so often at the latest, in seconds; undefined keeps the bundle's intervals. */
  readonly intervalSeconds?: number;
}

/** Settings of Prometheus, and of Grafana's data source, whose values are durations that a shorter interval caps. */
const INTERVALS = [
  'scrape_interval',
  'scrape_timeout',
  'evaluation_interval',
  'refresh_interval',
  'timeInterval',
];
/** Settings whose values are lists of paths or globs. */
const PATH_LISTS = ['rule_files', 'templates'];
const ADDRESS = /\b(?<service>pipefleet:10950|prometheus:9090|alertmanager:9093)\b/g;
const DURATION = /^(?<number>\d+)(?<unit>ms|s|m|h)$/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/**
 * The bundle's own configuration of Prometheus, Alertmanager or Grafana, made to run on this machine instead of in
 * containers: the addresses of the services become those in use, and relative paths become absolute. The rest, comments
 * included, stays as it is.
 *
 * @throws {PipefleetError} `config_invalid` when the text is not YAML
 */
export function nativeConfig(text: string, options: NativeConfigOptions): string {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new PipefleetError(
      'config_invalid',
      `A configuration in ${options.folder} is not YAML: ${problem.message}`,
    );
  }
  const { pipefleet, prometheus, alertmanager } = options.ports;
  const addresses: Readonly<Record<string, string>> = {
    'pipefleet:10950': `127.0.0.1:${pipefleet}`,
    'prometheus:9090': `127.0.0.1:${prometheus}`,
    'alertmanager:9093': `127.0.0.1:${alertmanager}`,
  };
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return;
      node.value = node.value.replaceAll(ADDRESS, (address) => addresses[address] ?? address);
    },
    Pair(_, pair) {
      const { intervalSeconds } = options;
      if (intervalSeconds === undefined || !isScalar(pair.key) || !isScalar(pair.value)) return;
      if (INTERVALS.includes(String(pair.key.value)) && seconds(pair.value.value) > intervalSeconds) {
        pair.value.value = `${intervalSeconds}s`;
      }
    },
  });
  for (const name of PATH_LISTS) makeAbsolute(document, name, options.folder);
  return document.toString({ lineWidth: 0 });
}

function makeAbsolute(document: Document, name: string, folder: string): void {
  if (!isMap(document.contents) || !document.has(name)) return;
  visit(document.get(name, true) as never, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && !isAbsolute(node.value)) node.value = join(folder, node.value);
    },
  });
}

/** Seconds of a duration such as `30s`; 0 when it is written in another way, which leaves it alone. */
function seconds(value: unknown): number {
  const { number, unit } = DURATION.exec(String(value))?.groups ?? {};
  return number === undefined || unit === undefined ? 0 : Number(number) * (UNIT_SECONDS[unit] ?? 0);
}
