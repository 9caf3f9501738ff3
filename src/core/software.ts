/** Where a node's Pipe software is expected to answer. Taken from the inventory, never from the node's own configuration. */
export interface SoftwareSettings {
  /** Plain HTTP port of the testnet software (`server.http_port` in its configuration, 80 by default). */
  readonly httpPort: number;
  /** TLS port of the testnet software (`server.port`, 443 by default). */
  readonly httpsPort: number;
}

/** The ports that the node software uses when nobody says otherwise. */
export const DEFAULT_SOFTWARE: SoftwareSettings = { httpPort: 80, httpsPort: 443 };
