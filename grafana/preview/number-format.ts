/**
 * Decimals that Grafana gives a number when nobody says how many: none to a whole number, else about three significant
 * digits, by the rule of `getDecimalsForValue` in its `valueFormats.ts`.
 */
function fittingDecimals(value: number): number {
  if (Number.isInteger(value)) return 0;
  const decimals = 1 - Math.floor(Math.log10(Math.abs(value)));
  const scaled = Math.abs(value) * 10 ** decimals;
  return Math.max(0, scaled > 2.25 ? decimals + 1 : decimals);
}

/**
 * A number with a fixed count of decimals.
 *
 * @param decimals chosen by the size of the value when undefined
 */
export function fixed(value: number, decimals?: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  const digits = Math.min(Math.max(decimals ?? fittingDecimals(value), 0), 20);
  const text = value.toFixed(digits);
  // "-0.00" is nothing that a person wants to read.
  return Number(text) === 0 ? (0).toFixed(digits) : text;
}

/** A prefixed number: the value in the largest step that it reaches. */
export function scaled(
  value: number,
  factor: number,
  steps: readonly string[],
  base: number,
  decimals?: number,
): string {
  if (!Number.isFinite(value)) return fixed(value);
  const order = value === 0 ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(factor) + 1e-9);
  const step = Math.min(Math.max(order, -base), steps.length - base - 1);
  return `${fixed(value / factor ** step, decimals)}${steps[base + step] ?? ''}`;
}
