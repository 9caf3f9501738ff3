/**
 * Where a node's Pipe software is expected to answer, and how much of what it says is wanted. Taken from the inventory, never
 * from the node's own configuration.
 */
export interface SoftwareSettings {
  /** Plain HTTP port of the testnet software (`server.http_port` in its configuration, 80 by default). */
  readonly httpPort: number;
  /** TLS port of the testnet software (`server.port`, 443 by default). */
  readonly httpsPort: number;
  /** Port of the mainnet CDN software for its health, on the loopback address. */
  readonly controlPort: number;
  /** Port of the mainnet CDN software for its own Prometheus exposition, on the loopback address. */
  readonly metricsPort: number;
  /** Port of the Lattice software, on the loopback address. */
  readonly latticePort: number;
  /** Distributions of the testnet software's window that get series of their own, the busiest first; 0 for sums only. */
  readonly distributions: number;
  /** Beginnings of the names of the mainnet CDN software's own series that are passed on. */
  readonly nativePrefixes: readonly string[];
  /** Series of its own exposition that are passed on at most. */
  readonly nativeSeries: number;
}

/** Port of the devnet software, which cannot be changed. */
export const DEVNET_PORT = 8003;

/** The ports that the node software uses when nobody says otherwise; sums only; its series when their name says whose they are. */
export const DEFAULT_SOFTWARE: SoftwareSettings = {
  httpPort: 80,
  httpsPort: 443,
  controlPort: 8081,
  metricsPort: 9090,
  latticePort: 7101,
  distributions: 0,
  nativePrefixes: ['pipe_', 'pop_'],
  nativeSeries: 500,
};
