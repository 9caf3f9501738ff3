import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ALERT_GROUPS } from '../src/bundle/alerts/registry.js';
import { RULE_CASES } from '../src/bundle/testing/cases/registry.js';
import { DASHBOARD_UIDS } from '../src/bundle/dashboard-uids.js';
import { COUNTED_TWICE } from '../src/bundle/devices.js';
import { scopeOf } from '../src/bundle/scope.js';
import { defaultSettings } from '../src/bundle/load-settings.js';
import { MODULES } from '../src/collectors/collector.js';
import { BUILT_IN_MODULES } from '../src/config/modules.js';
import { findTool } from '../src/stack/tools.js';
import { knownMetrics } from './testing/known-metrics.js';
import { durationSeconds, readPromql } from './testing/promql.js';
import {
  alertRules,
  PROMETHEUS_FOLDER,
  recordingRules,
  rules,
  ruleTests,
  yamlFiles,
} from './testing/rule-files.js';

const execute = promisify(execFile);

/** Left-open ranges: four scrape intervals hold at least three samples even when one scrape is lost. */
const SHORTEST_RANGE_SECONDS = 120;

/** After so long Prometheus takes a series for gone. */
const LOOKBACK_SECONDS = 300;

async function promtool(...words: string[]): Promise<string> {
  const { stdout, stderr } = await execute(await findTool('promtool'), words);
  return stdout + stderr;
}

describe('promtool', () => {
  test('accepts the configuration without a remark', async () => {
    const output = await promtool(
      'check',
      'config',
      '--lint=all',
      '--lint-fatal',
      join(PROMETHEUS_FOLDER, 'prometheus.yml'),
    );
    expect(output).toContain('is valid prometheus config file syntax');
    expect(output).toContain(`${yamlFiles('rules').length} rule files found`);
  });

  test('accepts every rule without a remark', async () => {
    const output = await promtool('check', 'rules', '--lint=all', '--lint-fatal', ...yamlFiles('rules'));
    expect(output).not.toContain('FAILED');
  });

  test.each(yamlFiles('tests').map((path) => [basename(path), path]))(
    'sees every rule do what %s says',
    async (_name, path) => {
      expect(await promtool('test', 'rules', path)).not.toContain('FAILED');
    },
  );
});

describe('prometheus.yml', () => {
  const config = parse(readFileSync(join(PROMETHEUS_FOLDER, 'prometheus.yml'), 'utf8')) as {
    rule_files: string[];
    alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
    scrape_configs: {
      job_name: string;
      scrape_interval?: string;
      scrape_timeout?: string;
      sample_limit?: number;
      http_sd_configs?: { url: string }[];
      static_configs?: { targets: string[] }[];
    }[];
  };

  test('names the services by addresses that a launcher can replace', () => {
    expect(config.scrape_configs.map((job) => [job.job_name, job.static_configs?.[0]?.targets[0]])).toEqual([
      ['pipe-node', undefined],
      ['pipe-inventory', undefined],
      ['pipe-audit', undefined],
      ['pipefleet', 'pipefleet:10950'],
      ['prometheus', 'prometheus:9090'],
      ['alertmanager', 'alertmanager:9093'],
    ]);
    expect(config.alerting.alertmanagers[0]?.static_configs[0]?.targets).toEqual(['alertmanager:9093']);
    expect(config.rule_files).toEqual(['rules/*.yml']);
  });

  test('takes the nodes from the exporter and gives a probe less time than an interval', () => {
    for (const module of MODULES) {
      const job = config.scrape_configs.find(({ job_name }) => job_name === `pipe-${module}`);
      expect(job?.http_sd_configs?.[0]?.url).toBe(`http://pipefleet:10950/sd?module=${module}`);
      expect(durationSeconds(job?.scrape_timeout ?? '')).toBeLessThan(
        durationSeconds(job?.scrape_interval ?? ''),
      );
      expect(job?.sample_limit).toBeGreaterThan(2000);
    }
  });

  test('asks as often as the exporter itself says through the list of targets', () => {
    for (const [module, { intervalSeconds, timeoutSeconds }] of BUILT_IN_MODULES) {
      if (intervalSeconds === undefined) continue;
      const job = config.scrape_configs.find(({ job_name }) => job_name === `pipe-${module}`);
      expect(durationSeconds(job?.scrape_interval ?? '')).toBe(intervalSeconds);
      expect(durationSeconds(job?.scrape_timeout ?? '')).toBe(timeoutSeconds);
      expect(intervalSeconds).toBeLessThan(LOOKBACK_SECONDS);
    }
  });
});

const known = await knownMetrics();

/** As Prometheus reads it: without the escapes of the string, and anchored. */
const countedTwice = new RegExp(`^(?:${COUNTED_TWICE.replaceAll('\\\\', '\\')})$`);

describe('every rule', () => {
  test.each(rules().map((rule) => [rule.alert ?? rule.record ?? '', rule] as const))(
    '%s',
    (_name, { expr }) => {
      const { errors, selectors, ranges } = readPromql(expr);
      expect(errors).toEqual([]);
      for (const range of ranges)
        expect(durationSeconds(range)).toBeGreaterThanOrEqual(SHORTEST_RANGE_SECONDS);
      for (const { metric, matchers, appliedTo } of selectors) {
        expect(known.has(metric) ? '' : metric).toBe('');
        // Names of node_exporter and of the blackbox exporter: without the job, another job's series would take part.
        if (!metric.includes(':')) {
          expect(matchers.join()).toMatch(
            /job="(pipe-(node|inventory|audit)|pipefleet|prometheus|alertmanager)"|job=~"pipe-inventory\|pipe-audit"/,
          );
        }
        // Kernel counters whose file does not say what they are have no type, as node_exporter leaves them.
        if (appliedTo === 'rate' || appliedTo === 'increase') {
          expect(known.get(metric)).toMatch(/^(counter|untyped)$/);
        } else {
          expect(known.get(metric)).toBe(metric === 'node_cpu_seconds_total' ? 'counter' : 'gauge');
        }
      }
    },
  );
});

describe('the interfaces that count bytes a second time', () => {
  test.each(['eth0', 'ens3', 'enp1s0f0', 'eno1', 'wlan0', 'venet0', 'brcm0'])('%s is not one', (device) => {
    expect(device).not.toMatch(countedTwice);
  });

  test.each(['lo', 'bond0', 'team0', 'eth0.100', 'bond0.7', 'br0', 'br-1a2b', 'vmbr0', 'vnet3', 'fwpr101p0'])(
    '%s is one',
    (device) => {
      expect(device).toMatch(countedTwice);
    },
  );
});

describe('every recording rule', () => {
  const tested = new Set([
    ...ruleTests()
      .flatMap((block) => block.promql_expr_test ?? [])
      .map(({ expr }) => expr),
    ...RULE_CASES.flatMap((one) => ('record' in one ? [one.record] : [])),
  ]);

  test.each(recordingRules().map(({ record }) => record))(
    '%s is named level:metric:operations and tested',
    (record) => {
      expect(record).toMatch(
        /^(instance|instance_mountpoint|instance_device|job|job_peers):[A-Za-z0-9_]+:[a-z0-9_]+$/,
      );
      expect(tested).toContain(record);
    },
  );
});

describe('every alert', () => {
  const runbooks = readFileSync(join(process.cwd(), 'docs', 'runbooks.md'), 'utf8');
  const tests = ruleTests().flatMap((block) => block.alert_rule_test ?? []);

  test.each(alertRules().map((rule) => [rule.alert, rule] as const))('%s', (name, rule) => {
    const annotations = rule.annotations ?? {};
    expect(name).toMatch(/^(Pipe(fleet|Node|Nodes|Region)[A-Z][A-Za-z]+|Watchdog)$/);
    expect(rule.labels?.['severity']).toMatch(/^(critical|warning|info|none)$/);
    expect(annotations['summary']).toMatch(/^[A-Z][^{}]*\.$/);
    expect(annotations['description']).toMatch(/\.$/);
    const [path = '', query] = (annotations['dashboard_url'] ?? '').split('?');
    expect(Object.values(DASHBOARD_UIDS).map((uid) => `/d/${uid}`)).toContain(path);
    if (name.startsWith('PipeNode') && name !== 'PipeNodesDownMany') {
      expect(annotations['description']).toContain('{{ $labels.instance }}');
      expect(query).toBe('var-instance={{ $labels.instance }}');
    } else {
      expect(query).toBeUndefined();
    }
    // A bare value has seventeen digits.
    expect(annotations['description']).not.toMatch(/\{\{ \$value \}\}/);
    expect(annotations['runbook_url']).toBe(
      `https://github.com/pipefleet/pipefleet/blob/main/docs/runbooks.md#${name.toLowerCase()}`,
    );
    expect(runbooks.split('\n')).toContain(`## ${name}`);

    const firings = [
      ...tests.filter(({ alertname }) => alertname === name).map(({ exp_alerts }) => exp_alerts.length),
      ...RULE_CASES.flatMap((one) => ('alert' in one && one.alert === name ? [one.fires.length] : [])),
    ];
    expect(firings.some((count) => count > 0)).toBe(true);
    if (name !== 'Watchdog') expect(firings).toContain(0);
  });

  test('with a number that can be set shows the value, rounded', () => {
    for (const { alerts } of ALERT_GROUPS) {
      for (const { name, settings, description } of alerts) {
        // That it is set otherwise than most is all that can be said.
        if (Object.keys(settings).length === 0 || name === 'PipeNodeConfigDrift') continue;
        const text = typeof description === 'string' ? description : description(scopeOf(defaultSettings()));
        expect(`${name}: ${text}`).toMatch(/\{\{ \$value \| (humanize|printf)/);
      }
    }
  });
});

describe('every runbook', () => {
  test('belongs to an alert and says what it means, how to check and how to mend', () => {
    const sections = readFileSync(join(process.cwd(), 'docs', 'runbooks.md'), 'utf8')
      .split(/^## /m)
      .slice(1);
    const names = new Set(alertRules().map(({ alert }) => alert));
    for (const section of sections) {
      const [name = '', ...lines] = section.split('\n');
      expect(names).toContain(name);
      for (const part of ['**Meaning.**', '**Check.**', '**Mend.**']) {
        expect(
          lines
            .filter((line) => line.startsWith(part))
            .map((line) => `${name} ${line.slice(0, part.length)}`),
        ).toEqual([`${name} ${part}`]);
      }
    }
  });
});
