#!/usr/bin/env node
import { parseAddress } from '../config/address.js';
import { askHealth } from '../http/ask-health.js';

/** Less than the timeout of the container runtime, so that the reason is printed. */
const TIMEOUT_MS = 4000;

// The health check of the image, for an exporter at HOST:PORT: exit status 0 when it is healthy, else 1 with the reason on stderr.
const [written = ''] = process.argv.slice(2);
const address = parseAddress(written);
const trouble =
  address === undefined
    ? `${written} is not an address; write host:port, such as 127.0.0.1:10950.`
    : await askHealth({ ...address, timeoutMs: TIMEOUT_MS });
if (trouble !== undefined) process.stderr.write(`${trouble}\n`);
process.exit(trouble === undefined ? 0 : 1);
