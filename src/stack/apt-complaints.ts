const MOST = 6;
/** Errors, and warnings that are the cause of a later error. */
const CAUSE = /^(?:E: |W: (?:Failed to fetch|GPG error|An error occurred))/;

/**
 * What is wrong, in apt's own words: its errors and the warnings that explain them, each once, the first ones first.
 *
 * @param said what apt-get or dpkg-deb wrote to standard error
 * @returns the last lines when none is of that kind
 */
export function aptComplaints(said: string): readonly string[] {
  const lines = [...new Set(said.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
  const causes = lines.filter((line) => CAUSE.test(line));
  return causes.length > 0 ? causes.slice(0, MOST) : lines.slice(-MOST);
}
