import { describe, expect, test } from '@jest/globals';
import { ParseError } from '../collector.js';
import { readEarnings } from './earnings-text.js';

describe('the summary of `pop earnings`', () => {
  test('is read with one dollar sign or two, in any case, in any order', () => {
    const { amounts, multiplier } = readEarnings('ALREADY PAID: $1,234,567.5\n  Total Earnings : $ $2\n');
    expect([...amounts]).toEqual([
      ['paid', 1_234_567.5],
      ['total', 2],
    ]);
    expect(multiplier).toBeUndefined();
  });

  test.each(['48.50', '$', '$1.2.3', '-$5', '$1,23', '€5', '$1e9'])('%j is no amount', (amount) => {
    expect(() => readEarnings(`Total Earnings: ${amount}\n`)).toThrow(ParseError);
  });

  test('what else is printed is read over, the address of the wallet with it', () => {
    const { amounts } = readEarnings('Wallet Address: 8VRF\nNew Line: $9\nCurrent Period: $4.30\n');
    expect([...amounts]).toEqual([['current_period', 4.3]]);
  });
});
