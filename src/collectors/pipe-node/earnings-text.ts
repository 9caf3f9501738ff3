import { ParseError } from '../collector.js';

/** What the summary of `pop earnings` states, by label; absent what it does not have. */
export interface Earnings {
  /** Amounts in dollars. */
  readonly amounts: ReadonlyMap<EarningsState, number>;
  readonly multiplier: number | undefined;
}

/** The amounts of the summary, by the label beside which they stand. */
export const EARNINGS_STATES = {
  'total earnings': 'total',
  'unpaid earnings': 'unpaid',
  'already paid': 'paid',
  'current period': 'current_period',
} as const;
export type EarningsState = (typeof EARNINGS_STATES)[keyof typeof EARNINGS_STATES];

const LINE = /^[^\p{L}]{0,8}(?<label>\p{L}[\p{L} ]{0,40}?)[ \t]*:[ \t]*(?<text>\S.{0,200})$/u;
/** The documented sample writes the sign twice. */
const AMOUNT = /^(?:\$[ \t]*){1,2}(?<amount>\d{1,12}(?:,\d{3})*(?:\.\d{1,18})?)(?![\w.,])/;
const MULTIPLIER = /^(?<factor>\d{1,4}(?:\.\d{1,18})?)x(?!\w)/;

/**
 * Reads the summary that `pop earnings` of the mainnet CDN software prints, of which one sample is documented
 * (https://github.com/PipeNetwork/docs, quality multiplier). The wallet's address is read over.
 *
 * @throws {ParseError} when no amount of the summary is there, or one has another form
 */
export function readEarnings(text: string): Earnings {
  const amounts = new Map<EarningsState, number>();
  let multiplier: number | undefined;
  for (const line of text.split('\n')) {
    const { label = '', text: value = '' } = LINE.exec(line.trimEnd())?.groups ?? {};
    const key = label.toLowerCase();
    if (key === 'quality multiplier') {
      multiplier = Number(required(MULTIPLIER, 'factor', value, label));
    } else if (isKnown(key)) {
      amounts.set(EARNINGS_STATES[key], Number(required(AMOUNT, 'amount', value, label).replaceAll(',', '')));
    }
  }
  if (amounts.size === 0) {
    throw new ParseError('The text of `pop earnings` has none of the amounts that are documented.');
  }
  return { amounts, multiplier };
}

function isKnown(label: string): label is keyof typeof EARNINGS_STATES {
  return Object.hasOwn(EARNINGS_STATES, label);
}

function required(form: RegExp, group: string, value: string, label: string): string {
  const found = form.exec(value)?.groups?.[group];
  if (found === undefined) {
    throw new ParseError(
      `The text of \`pop earnings\` has another form than the documented one at "${label}".`,
    );
  }
  return found;
}
