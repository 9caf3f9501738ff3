import type { SoftwareSettings } from '../../core/software.js';
import { readJson } from './json.js';
import type { Answer } from './read-answers.js';

/** What one documented endpoint told. */
export interface Health {
  /** HTTP status of the answer; undefined when there was none. */
  readonly status: number | undefined;
  /** The answer is of the documented form. */
  readonly recognised: boolean;
  /** The answer says that all is well. */
  readonly ok: boolean;
}

const BODY_BYTES = 65_536;

/** What the mainnet CDN software says when all is well: `"status":"healthy"` in JSON, or the one word of some versions. */
const WELL = /^(?:healthy|ok)$/i;
const OK_BODY = /^\s*OK\s*$/;

/** Asks the one documented endpoint of the mainnet CDN software that tells of its health. */
export function askMainnet({ controlPort }: SoftwareSettings): string {
  return `h '' ${BODY_BYTES} mainnet http ${controlPort} /health`;
}

/** Asks the one documented endpoint of Lattice. */
export function askLattice({ latticePort }: SoftwareSettings): string {
  return `h '' ${BODY_BYTES} lattice http ${latticePort} /health`;
}

/** Mainnet CDN: JSON with a `status`, or the body `OK`. A status that is not well may come with any HTTP status. */
export function readMainnet(answer: Answer | undefined): Health {
  const text = answer?.body ?? '';
  const stated = readJson(text)?.['status'];
  const word = typeof stated === 'string' ? stated : OK_BODY.test(text) ? 'OK' : undefined;
  return {
    status: answer?.status,
    recognised: word !== undefined,
    ok: word !== undefined && WELL.test(word) && isSuccess(answer?.status),
  };
}

/** Lattice: nothing is documented of the body, so that the status of HTTP is all there is. */
export function readLattice(answer: Answer | undefined): Health {
  const status = answer?.status;
  return { status, recognised: status !== undefined, ok: isSuccess(status) };
}

function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}
