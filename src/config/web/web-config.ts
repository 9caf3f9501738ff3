/** How the exporter's own port is served: what a web.config.file and a file of tokens say. */
export interface WebConfig {
  /** Undefined for plain HTTP. */
  readonly tls: WebTls | undefined;
  /** Headers of every answer, by name. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes of passwords, by the name of the user. */
  readonly users: ReadonlyMap<string, string>;
  /** SHA-256 of bearer tokens in hexadecimal, by the name of whoever has it. */
  readonly tokens: ReadonlyMap<string, string>;
  /** One request an interval, and so many at once; undefined for any number. */
  readonly rateLimit: { readonly intervalSeconds: number; readonly burst: number } | undefined;
  /** Every file that this comes from, absolute. */
  readonly files: readonly string[];
}

/** A server's side of TLS. */
export interface WebTls {
  /** In PEM. */
  readonly certificate: Buffer;
  readonly key: Buffer;
  readonly clientCa: Buffer | undefined;
  /** Whether clients show certificates: those that are shown are always verified. */
  readonly clients: 'none' | 'if given' | 'required';
  /** Names of which a client's certificate must have one; undefined when any will do. */
  readonly clientNames: readonly string[] | undefined;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
  /** As OpenSSL names them; undefined for those of Node.js. */
  readonly ciphers: string | undefined;
  readonly curves: string | undefined;
  readonly serverOrder: boolean;
}

/** Plain HTTP for everybody who reaches the port. */
export const OPEN_WEB: WebConfig = {
  tls: undefined,
  headers: {},
  users: new Map(),
  tokens: new Map(),
  rateLimit: undefined,
  files: [],
};
