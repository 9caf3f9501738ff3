import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { alertGroups, recordingGroups, type WrittenGroup } from '../render/prometheus-rules.js';
import { rulesFile } from '../render/rules-file.js';
import type { BundleSettings } from '../settings.js';
import { labelsOf, type AlertCase, type RecordCase } from './rule-case.js';

const execute = promisify(execFile);

type AnyCase = AlertCase | RecordCase;

/** Something that tests rules as `promtool test rules FILE…` does. */
export interface RuleTester {
  readonly program: string;
  readonly words: readonly string[];
  /** Put before each file. */
  readonly fileFlag?: string;
  /** What it calls the tests of expressions. */
  readonly expressionTests: string;
}

/** Prometheus's own. */
export const PROMTOOL = { words: ['test', 'rules'], expressionTests: 'promql_expr_test' } as const;

/** That of VictoriaMetrics, which reads the same files. */
export const VMALERT_TOOL = {
  words: ['unittest', '--disableAlertgroupLabel'],
  fileFlag: '--files',
  expressionTests: 'metricsql_expr_test',
} as const;

/** What the tester said about each case that failed, by the name of the case. */
export type Failures = ReadonlyMap<string, string>;

/** Name of a case: unique, and what a failure is known by. */
export function nameOf(one: AnyCase): string {
  return `${'alert' in one ? one.alert : one.record}: ${one.when}`;
}

/**
 * Runs every case with the rules of its own group and no others, in one call of the tester. What other groups would compute
 * is given as samples.
 */
export async function runCases(
  cases: readonly AnyCase[],
  settings: BundleSettings,
  tester: RuleTester,
): Promise<Failures> {
  const folder = mkdtempSync(join(tmpdir(), 'pipefleet-rules-'));
  try {
    const groups = [...recordingGroups(settings), ...alertGroups(settings)];
    const files = groups.flatMap((group) => writeGroup(folder, group, casesOf(group, cases), tester));
    const words = files.flatMap((file) =>
      tester.fileFlag === undefined ? [file] : [`${tester.fileFlag}=${file}`],
    );
    const output = await outputOf(tester.program, [...tester.words, ...words]);
    return failuresIn(output, cases);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function casesOf(group: WrittenGroup, cases: readonly AnyCase[]): AnyCase[] {
  const names = new Set(group.rules.map(({ rule }) => ('alert' in rule ? rule.alert : rule.record)));
  return cases.filter((one) => names.has('alert' in one ? one.alert : one.record));
}

/** Rule files, each with a test file for each evaluation interval. JSON is YAML too. */
function writeGroup(
  folder: string,
  group: WrittenGroup,
  cases: readonly AnyCase[],
  tester: RuleTester,
): string[] {
  const together = cases.filter((one) => loneRule(one) === undefined);
  const paths = writeRules(folder, group.name, group, together, tester);
  for (const record of new Set(cases.flatMap((one) => loneRule(one) ?? []))) {
    const rules = group.rules.filter(({ rule }) => 'record' in rule && rule.record === record);
    const own = cases.filter((one) => loneRule(one) === record);
    const name = record.replaceAll(':', '-');
    paths.push(...writeRules(folder, name, { ...group, rules }, own, tester));
  }
  return paths;
}

function writeRules(
  folder: string,
  name: string,
  group: WrittenGroup,
  cases: readonly AnyCase[],
  tester: RuleTester,
): string[] {
  const rules = join(folder, `${name}.yml`);
  writeFileSync(rules, rulesFile('', [{ ...group, interval: undefined }]));
  const intervals = new Set(cases.map(evaluationOf));
  return [...intervals].map((every) => {
    const path = join(folder, `${name}-${every}_test.yml`);
    const some = cases.filter((one) => evaluationOf(one) === every);
    const tests = sameSamples(some).map((set) => testOf(set, group, tester));
    writeFileSync(path, JSON.stringify({ rule_files: [rules], evaluation_interval: every, tests }));
    return path;
  });
}

function loneRule(one: AnyCase): string | undefined {
  return 'record' in one && one.alone === true ? one.record : undefined;
}

function evaluationOf({ every, interval }: AnyCase): string {
  return every ?? interval ?? '30s';
}

/** Cases of recording rules that have the same samples are one test, which is evaluated once. */
function sameSamples(cases: readonly AnyCase[]): (readonly [AnyCase, ...AnyCase[]])[] {
  const sets = new Map<string, [AnyCase, ...AnyCase[]]>();
  for (const one of cases) {
    const key = 'alert' in one ? nameOf(one) : JSON.stringify([one.series, one.interval]);
    const set = sets.get(key);
    if (set === undefined) sets.set(key, [one]);
    else set.push(one);
  }
  return [...sets.values()];
}

function testOf(
  cases: readonly [AnyCase, ...AnyCase[]],
  group: WrittenGroup,
  { expressionTests }: RuleTester,
): unknown {
  const [first] = cases;
  return {
    name: nameOf(first),
    interval: first.interval ?? '30s',
    input_series: Object.entries(first.series).map(([series, values]) => ({ series, values })),
    alert_rule_test: cases.flatMap((one) => ('alert' in one ? [alertTest(one, group)] : [])),
    [expressionTests]: cases.flatMap((one) => ('alert' in one ? [] : [recordTest(one)])),
  };
}

function alertTest({ alert, at, fires }: AlertCase, group: WrittenGroup): unknown {
  const found = group.rules.find(({ rule }) => 'alert' in rule && rule.alert === alert)?.rule;
  if (found === undefined || !('alert' in found)) throw new Error(`there is no alert ${alert}`);
  const { labels: own, annotations } = found;
  return {
    eval_time: at,
    alertname: alert,
    exp_alerts: fires.map(({ labels, says }) => ({
      exp_labels: { ...labels, ...own },
      exp_annotations: {
        ...Object.fromEntries(
          Object.entries(annotations).map(([name, text]) => [name, filled(text, labels)]),
        ),
        description: says,
      },
    })),
  };
}

/** The links hold labels only; the description, whose words are the case's own, holds more. */
function filled(text: string, labels: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{ \$labels\.(?<name>\w+) \}\}/g, (_all, name: string) => labels[name] ?? '');
}

/** What failed is told by its expression alone: the name of the case is a comment in it. */
function recordTest(one: RecordCase): unknown {
  const { record, at, gives, round } = one;
  return {
    // The sum takes the name away, which VictoriaMetrics would leave.
    expr: `${round === undefined ? record : `0 + round(${record}, ${round})`} # ${nameOf(one)}`,
    eval_time: at,
    exp_samples: Object.entries(gives).map(([labels, value]) => ({
      labels: `${round === undefined ? record : ''}{${Object.entries(labelsOf(labels))
        .map(([name, text]) => `${name}="${text}"`)
        .join()}}`,
      value,
    })),
  };
}

async function outputOf(program: string, words: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await execute(program, words, { maxBuffer: 64 * 1024 * 1024 });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    if (stdout === undefined || stderr === undefined) throw error;
    return stdout + stderr;
  }
}

function failuresIn(output: string, cases: readonly AnyCase[]): Failures {
  const failures = new Map<string, string>();
  const known = new Set(cases.map(nameOf));
  for (const part of output.split(/^\s*(?:name: |testGroupName: |expr: ".* # )/m).slice(1)) {
    const name = [...known].filter((one) => part.startsWith(one)).sort((a, b) => b.length - a.length)[0];
    if (name !== undefined) failures.set(name, `${failures.get(name) ?? ''}${part}`);
  }
  if (failures.size === 0 && /FAILED|error/i.test(output)) failures.set('', output);
  return failures;
}
