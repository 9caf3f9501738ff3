const SECRET_JSON_VALUE =
  /(?<key>"[^"\n]*(?:key|token|secret|signature|passw|email|invite)[^"\n]*"\s*:\s*)"(?:[^"\\\n]|\\.)*"/gi;
const INVITE_CODE = /(?<key>invite[ _-]?code\W{1,4})(?!null)[^\s'",]+/gi;
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;

/**
 * Text from a node as it may be shown to a person who debugs: identities, keys, invite codes and e-mail addresses become
 * `[redacted]`. What collectors ask for holds none of these by design; this is the second lock on that door.
 */
export function redact(text: string): string {
  return text
    .replaceAll(SECRET_JSON_VALUE, '$<key>"[redacted]"')
    .replaceAll(INVITE_CODE, '$<key>[redacted]')
    .replaceAll(EMAIL, '[redacted]');
}
