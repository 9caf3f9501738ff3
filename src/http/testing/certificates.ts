import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool } from '../../stack/tools.js';

/** A certificate with its key, as files. */
export interface Issued {
  readonly certFile: string;
  readonly keyFile: string;
  readonly certificate: Buffer;
  readonly key: Buffer;
}

/** A certificate authority of a test. */
export interface Authority extends Issued {
  readonly folder: string;
  /**
   * @param name of the files, and common name
   * @param names alternative names, as `DNS:localhost`
   */
  issue(name: string, ...names: string[]): Issued;
  dispose(): void;
}

/** Makes an authority that signs certificates for a day. */
export async function createAuthority(): Promise<Authority> {
  const openssl = await findTool('openssl');
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet ca '));
  const at = (file: string): string => join(folder, file);
  const make = (...args: string[]): Buffer =>
    execFileSync(openssl, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const issued = (name: string): Issued => ({
    certFile: at(`${name}.crt`),
    keyFile: at(`${name}.key`),
    certificate: readFileSync(at(`${name}.crt`)),
    key: readFileSync(at(`${name}.key`)),
  });
  const request = (name: string): string[] => [
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', at(`${name}.key`), '-subj', `/CN=${name}`],
  ];
  make(...request('authority'), '-x509', '-days', '1', '-out', at('authority.crt'));
  return {
    ...issued('authority'),
    folder,
    issue: (name, ...names) => {
      make(...request(name), '-out', at(`${name}.csr`));
      writeFileSync(at(`${name}.ext`), names.length === 0 ? '' : `subjectAltName=${names.join(',')}\n`);
      make(
        ...['x509', '-req', '-in', at(`${name}.csr`), '-days', '1', '-extfile', at(`${name}.ext`)],
        ...['-CA', at('authority.crt'), '-CAkey', at('authority.key'), '-CAcreateserial'],
        ...['-out', at(`${name}.crt`)],
      );
      return issued(name);
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}
