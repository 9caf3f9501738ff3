/**
 * Tells the person in front of the screen what is being done.
 *
 * @param {string} line
 */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Says what is wrong, and with which status this process will end.
 *
 * @param {string} line
 */
export function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
