import type { SoftwareSettings } from '../core/software.js';
import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { readEach } from './each-item.js';
import { installations } from './pipe-node/installations.js';
import { splitLines } from './text.js';

/**
 * Prints `tls 1` and the end of the certificate as openssl says it, `tls 0` when the answer to the handshake is none of TLS, and
 * nothing when nobody listens or the handshake fails in another way. No HTTP is spoken: the software would take it for a customer's request.
 */
const script = ({ httpsPort }: SoftwareSettings): string => `case $G in *testnet*|*mainnet*)
if command -v openssl >/dev/null && command -v timeout >/dev/null; then
x=$(timeout 3 openssl s_client -no-CAfile -no-CApath -connect 127.0.0.1:${httpsPort} </dev/null 2>&1 | head -c 65536)
case $x in
*'-----BEGIN CERTIFICATE-----'*)
echo tls 1
y=$(printf '%s\\n' "$x" | sed -n -e '/^-----BEGIN/q' -e '/^ *v:NotBefore: /{s/^[^;]*; NotAfter: //p;q;}' | head -c 40)
case $y in
*' GMT') printf 'notAfter=%s\\n' "$y" ;;
*) printf '%s\\n' "$x" | openssl x509 -noout -enddate 2>/dev/null ;;
esac ;;
*'wrong version number'*|*'unknown protocol'*) echo tls 0 ;;
esac
fi ;;
esac`;

const ANSWER = /^tls (?<active>[01])$/;
/** The form of openssl, always in GMT: `notAfter=Nov  2 20:00:00 2027 GMT`. */
const END =
  /^notAfter=(?<month>[A-Z][a-z]{2}) +(?<day>\d{1,2}) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4}) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Whether TLS is spoken on the node's public port, and until when its certificate is valid. */
export const pipeTls: Collector = {
  name: 'pipe-tls',
  module: 'inventory',
  summary:
    'TLS on the public port of the testnet and mainnet software, as seen on the loopback address; needs openssl on the node.',
  metrics: {
    pipe_node_tls_active: {
      type: 'gauge',
      help: '1 when TLS is spoken on the TLS port, 0 when somebody listens there who does not; the software does so without a certificate.',
      source: 'openssl s_client',
    },
    pipe_node_tls_certificate_not_after_timestamp_seconds: {
      type: 'gauge',
      help: 'Unix time at which the certificate of the TLS port ceases to be valid.',
      source: 'openssl x509',
    },
  },
  needs: [installations],
  script,
  parse: ({ output }) => readTls(splitLines(output)),
};

function readTls(lines: readonly string[]): Sample[] {
  const samples = readEach(lines.slice(0, 2), (line) => {
    const { active } = ANSWER.exec(line)?.groups ?? {};
    if (active !== undefined) return [{ metric: 'pipe_node_tls_active', labels: {}, value: Number(active) }];
    const value = endOf(line);
    if (value === undefined) throw new ParseError('openssl printed another form of time than documented.');
    return [{ metric: 'pipe_node_tls_certificate_not_after_timestamp_seconds', labels: {}, value }];
  });
  return samples.filter(
    ({ metric }, index) => samples.findIndex((other) => other.metric === metric) === index,
  );
}

function endOf(line: string): number | undefined {
  const { month = '', day = '', time = '', year = '' } = END.exec(line)?.groups ?? {};
  const number = MONTHS.indexOf(month) + 1;
  if (number === 0) return undefined;
  const milliseconds = Date.parse(
    `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}T${time}Z`,
  );
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}
