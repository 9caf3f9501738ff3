/**
 * A word as a POSIX shell reads it back unchanged: in single quotes unless it is plainly safe.
 *
 * @param word any text without NUL
 */
export function quote(word: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
