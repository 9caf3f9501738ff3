/** Bounded runs keep matching linear on text that a hostile node has chosen. */
const SECRET_JSON_VALUE =
  /(?<key>"[^"\n]{0,64}(?:key|token|secret|signature|passw|email|invite|wallet|seed|mnemonic)[^"\n]{0,64}"\s{0,8}:\s{0,8})"(?:[^"\\\n]|\\.)*"?/gi;
/** A label of Prometheus's text format, or a setting. */
const SECRET_LABEL =
  /(?<key>\b\w{0,64}(?:key|token|secret|signature|passw|email|invite|wallet|seed|mnemonic)\w{0,64}=)"(?:[^"\\\n]|\\.)*"?/gi;
const INVITE_CODE = /(?<key>invite[ _-]?code\W{1,4})(?!null)[^\s'",]+/gi;
const EMAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;
/** Everything that a terminal might take for an order. */
const CONTROL = /[^\P{C}\n\t]/gu;

/**
 * Text from a node as it may be shown to a person: identities, keys, invite codes and e-mail addresses become `[redacted]`,
 * control characters U+FFFD, and what is too long is cut. What collectors ask for holds no secret by design; this is the
 * second lock on that door.
 *
 * @param maxLength in UTF-16 units, of the text before it is redacted
 */
export function redact(text: string, maxLength = 262_144): string {
  const rest = text.length - maxLength;
  const shown = text
    .slice(0, maxLength)
    .replaceAll(SECRET_JSON_VALUE, '$<key>"[redacted]"')
    .replaceAll(SECRET_LABEL, '$<key>"[redacted]"')
    .replaceAll(INVITE_CODE, '$<key>[redacted]')
    .replaceAll(EMAIL, '[redacted]');
  return withoutControls(rest > 0 ? `${shown}…` : shown);
}

/** Text from a node whose parts may be shown to a person later: control characters other than tab and line break become U+FFFD. */
export function withoutControls(text: string): string {
  return text.replaceAll(CONTROL, '\uFFFD');
}
