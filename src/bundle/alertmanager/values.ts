/**
 * The end of a pipeline that shortens a value.
 *
 * @param special of the characters that HTML writes with five, so many are left
 */
export function cut(characters: number, special: number): string {
  return [
    String.raw`reReplaceAll "(?s)^((?:[^&<>\"'+]*[&<>\"'+]){${special}}).+$" "$${'{1}'}…"`,
    String.raw`reReplaceAll "(?s)^(.{${characters}}).+$" "$${'{1}'}…"`,
  ].join(' | ');
}

/** Hours and minutes are enough where there are hours; no fractions of a second. */
export const ROUND = String.raw`reReplaceAll "^(\\d+d \\d+h|\\d+h \\d+m|\\d+m) .*$" "$1" | reReplaceAll "^(\\d+)\\.\\d+s$" "$${'{1}'}s"`;

/** A value in a title: on one line, and without a colon that YAML, as which values of a payload are read, takes for a map. */
export const IN_TITLE = String.raw`reReplaceAll "\\s+" " " | reReplaceAll ":( |$)" "$1" | ${cut(60, 8)}`;

/**
 * A condition: an address without anything that a form, HTML or JSON would read as more, and not too long for a message. HTML writes
 * an "&" with five characters: a few are enough.
 */
export function isLink(variable: string, longest: number): string {
  const plain = String.raw`[-\\w.~:/?#@!*,;=%\\[\\]]`;
  return `and (le (len ${variable}) ${longest}) (match "^https?://${plain}+(?:&${plain}*){0,4}$" ${variable})`;
}
