/** What is said of a figure that was measured several times. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** @throws {RangeError} when there is no value */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), lowest: Math.min(...values), highest: Math.max(...values) };
}

/**
 * A quantile by the nearest rank: always one of the values.
 *
 * @param share 0 to 1
 * @throws {RangeError} when there is no value
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
  if (found === undefined) throw new RangeError('There is no value of which a quantile could be told.');
  return found;
}

/** `1.24 (1.20 to 1.31)` */
export function renderSpread({ median, lowest, highest }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${lowest.toFixed(digits)} to ${highest.toFixed(digits)})`;
}
