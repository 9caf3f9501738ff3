import { beforeAll, describe, expect, test } from '@jest/globals';
import { findTool } from '../stack/tools.js';
import { RULE_CASES } from './testing/cases/registry.js';
import { defaultSettings } from './load-settings.js';
import { nameOf, runCases, type Failures } from './testing/promtool-tests.js';

describe('on Prometheus', () => {
  let failures: Failures;
  beforeAll(async () => {
    const tester = { program: await findTool('promtool'), words: ['test', 'rules'] };
    failures = await runCases(RULE_CASES, defaultSettings(), tester);
  }, 300_000);

  test.each(RULE_CASES.map((one) => [nameOf(one)]))('%s', (name) => {
    expect(failures.get(name) ?? failures.get('') ?? '').toBe('');
  });
});
