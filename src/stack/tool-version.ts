const VERSION = /\bversion:? v?(?<version>\d+(?:\.\d+)*)/i;

/**
 * Whether a program is new enough.
 *
 * @param output what `--version` printed, for example `prometheus, version 3.5.0 (branch: …)`
 * @param minimum numbers with dots between them
 */
export function isNewEnough(output: string, minimum: string): boolean {
  const version = VERSION.exec(output)?.groups?.['version'];
  if (version === undefined) return false;
  const found = version.split('.').map(Number);
  for (const [index, wanted] of minimum.split('.').map(Number).entries()) {
    const difference = (found[index] ?? 0) - wanted;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
