import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

/** The folder of prometheus.yml. Tests run in the folder of package.json. */
export const PROMETHEUS_FOLDER = join(process.cwd(), 'prometheus');

export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface AlertRule extends Rule {
  readonly alert: string;
}

export interface RecordingRule extends Rule {
  readonly record: string;
}

/** One block of `tests:` in a promtool test file. */
export interface RuleTest {
  readonly name: string;
  readonly alert_rule_test?: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
  }[];
  readonly promql_expr_test?: readonly { readonly expr: string }[];
}

/** Absolute paths of the YAML files of a folder below prometheus/, sorted. */
export function yamlFiles(folder: 'rules' | 'tests'): string[] {
  const path = join(PROMETHEUS_FOLDER, folder);
  return readdirSync(path)
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .map((name) => join(path, name));
}

/** Every rule of rules/*.yml, in order. */
export function rules(): Rule[] {
  const files = yamlFiles('rules').map(
    (path) => parse(readFileSync(path, 'utf8')) as { groups: { rules: Rule[] }[] },
  );
  return files.flatMap(({ groups }) => groups).flatMap((group) => group.rules);
}

export function alertRules(): AlertRule[] {
  return rules().filter((rule): rule is AlertRule => rule.alert !== undefined);
}

export function recordingRules(): RecordingRule[] {
  return rules().filter((rule): rule is RecordingRule => rule.record !== undefined);
}

/** Every test of tests/*_test.yml. */
export function ruleTests(): RuleTest[] {
  return yamlFiles('tests')
    .filter((path) => basename(path).endsWith('_test.yml'))
    .flatMap((path) => (parse(readFileSync(path, 'utf8')) as { tests: RuleTest[] }).tests);
}
