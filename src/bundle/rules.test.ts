import { beforeAll, describe, expect, test } from '@jest/globals';
import { findTool } from '../stack/tools.js';
import { defaultSettings } from './load-settings.js';
import { RULE_CASES } from './testing/cases/registry.js';
import { nameOf, PROMTOOL, runCases, VMALERT_TOOL, type Failures } from './testing/promtool-tests.js';

describe.each([
  ['Prometheus 3', 'promtool', PROMTOOL],
  ["the Prometheus of the machine's release, 2.42 on Debian 12", 'promtool-release', PROMTOOL],
  ['VictoriaMetrics', 'vmalert-tool', VMALERT_TOOL],
] as const)('on %s', (_server, tool, tester) => {
  let failures: Failures;
  beforeAll(async () => {
    failures = await runCases(RULE_CASES, defaultSettings(), { ...tester, program: await findTool(tool) });
  });

  test.each(RULE_CASES.map((one) => [nameOf(one)]))('%s', (name) => {
    expect(failures.get(name) ?? failures.get('') ?? '').toBe('');
  });
});
