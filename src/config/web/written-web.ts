import * as z from 'zod';
import { duration, oneOf, path, text, wholeNumber } from '../written-values.js';
import { CIPHER_SUITES, CURVES, VERSIONS, type WrittenVersion } from './tls-names.js';

/**
 * A file in the format of Prometheus's web.config.file, as exporter-toolkit documents it (docs/web-configuration.md there). Every message is
 * without its subject: the key is put in front.
 */

const BCRYPT = /^\$2[aby]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}$/;
/** More would hold up a scrape for seconds; bcrypt doubles with each step. */
const HIGHEST_COST = 14;

const version = (description: string): z.ZodOptional<z.ZodType<WrittenVersion>> =>
  z
    .enum(Object.keys(VERSIONS) as [WrittenVersion, ...WrittenVersion[]], {
      error: 'must be TLS12 or TLS13; what is older is not spoken',
    })
    .optional()
    .meta({ description });

const named = (known: Readonly<Record<string, string>>, what: string, description: string) =>
  z
    .array(
      z.string().refine((name) => Object.hasOwn(known, name), {
        error: `is no ${what} that is spoken here; known are: ${Object.keys(known).join(', ')}`,
      }),
    )
    .min(1, 'is empty; name one, or remove the key')
    .optional()
    .meta({ description });

const tls = z.strictObject({
  cert_file: path('Certificate chain in PEM, the server’s own first.', ['server.crt']),
  key_file: path('Its private key in PEM.', ['server.key']),
  client_auth_type: oneOf(
    ['NoClientCert', 'VerifyClientCertIfGiven', 'RequireAndVerifyClientCert'],
    'Whether clients show a certificate. What would ask for one and not verify it is not taken.',
  ).default('NoClientCert'),
  client_ca_file: path('Certificates in PEM that those of clients must be signed by.', [
    'clients.crt',
  ]).optional(),
  client_allowed_sans: z
    .array(z.string().min(1, 'is empty; write a name of a certificate'))
    .min(1, 'is empty; name one, or remove the key')
    .optional()
    .meta({ description: 'Names (DNS, IP, e-mail, URI) of which a client certificate must have one.' }),
  min_version: version('Least version of TLS.'),
  max_version: version('Newest version of TLS.'),
  cipher_suites: named(CIPHER_SUITES, 'cipher suite', 'Cipher suites, by their names in Go.'),
  curve_preferences: named(CURVES, 'curve', 'Groups of the key exchange, the best first.'),
  prefer_server_cipher_suites: z
    .boolean({ error: 'must be true or false' })
    .default(true)
    .meta({ description: 'Whose order of cipher suites counts.' }),
});

const header = text(
  (value) => (/[^\t\x20-\x7e]/.test(value) ? 'holds a character that no header may' : undefined),
  {
    description: 'Value of the header.',
  },
);

export const writtenWeb = z.strictObject({
  tls_server_config: tls.optional(),
  http_server_config: z
    .strictObject({
      http2: z
        .literal(false, { error: 'must be false: HTTP/2 is not spoken here, and clients use HTTP/1.1' })
        .optional(),
      headers: z
        .strictObject({
          'Content-Security-Policy': header.optional(),
          'Strict-Transport-Security': header.optional(),
          'X-Content-Type-Options': z.literal('nosniff', { error: 'must be nosniff' }).optional(),
          'X-Frame-Options': oneOf(['deny', 'sameorigin'], 'Who may show the page in a frame.').optional(),
          'X-XSS-Protection': header.optional(),
        })
        .default({}),
    })
    .default({ headers: {} }),
  basic_auth_users: z
    .record(
      z.string().regex(/^[^:\p{Cc}]+$/u, 'is no name: it must not be empty or hold a colon'),
      z.string({ error: 'must be the bcrypt hash of a password' }).superRefine((hash, context) => {
        const cost = BCRYPT.exec(hash)?.groups?.['cost'];
        if (cost === undefined) {
          context.addIssue({
            code: 'custom',
            message:
              'is no bcrypt hash; write what "htpasswd -nBC 10 NAME" prints after the colon, never the password itself',
          });
        } else if (Number(cost) < 4 || Number(cost) > HIGHEST_COST) {
          context.addIssue({
            code: 'custom',
            message: `has a cost that is not from 4 to ${HIGHEST_COST}: each login would take seconds; make it again with 10`,
          });
        }
      }),
    )
    .default({}),
  rate_limit: z
    .strictObject({
      interval: duration('Time after which one more request may come.', '100ms', 'zero').optional(),
      burst: wholeNumber(1, 1_000_000, 'Requests that may come at once.').default(1),
    })
    .optional(),
});

export type WrittenWeb = z.output<typeof writtenWeb>;

/** Names of whoever may come with a bearer token → SHA-256 of the token. */
export const writtenTokens = z
  .record(
    z.string().min(1, 'is empty; write who the token is for'),
    z
      .string({ error: 'must be text; put it in quotes' })
      .regex(
        /^[0-9a-f]{64}$/,
        'is no SHA-256; write what "printf %s TOKEN | sha256sum" prints, never the token itself',
      ),
  )
  // A file that is being written anew is empty for a moment, and must not open the port.
  .refine((tokens) => Object.keys(tokens).length > 0, 'names no token; write one, or leave the flag out');
