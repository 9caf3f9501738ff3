import { expect, test } from '@jest/globals';
import { isNewEnough } from './tool-version.js';

test.each([
  ['prometheus, version 3.5.3+ds1 (branch: debian/sid, revision: 3.5.3+ds1-6)', '3.0', true],
  ['prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5)', '3.0', false],
  ['alertmanager, version 0.33.1 (branch: HEAD, revision: abc)', '0.33', true],
  ['alertmanager, version 0.4.0 (branch: HEAD, revision: abc)', '0.33', false],
  ['prometheus, version 10.0.0', '3.0', true],
  ['usage: something else', '3.0', false],
])('%s is at least %s: %s', (output, minimum, expected) => {
  expect(isNewEnough(output, minimum)).toBe(expected);
});
