import { expect, test } from '@jest/globals';
import { probeTimeout } from './timeout.js';

test.each([
  ['the scraper is less patient than the module', '10', 20, 9.5],
  ['the module is less patient than the scraper', '30', 20, 20],
  ['no scraper says anything', undefined, 20, 20],
  ['the header is no number', '10s', 20, 20],
  ['the scraper is in a hurry', '0.2', 20, 0.1],
])('when %s', (_case, header, moduleSeconds, expected) => {
  expect(probeTimeout(header, moduleSeconds, 0.5)).toBe(expected);
});
