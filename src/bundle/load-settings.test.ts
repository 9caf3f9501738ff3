import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { formatProblem } from '../config/diagnostics.js';
import { exampleSettings } from './example-settings.js';
import { bundleFiles } from './files.js';
import { checkSettings, defaultSettings } from './load-settings.js';
import type { BundleSettings } from './settings.js';

function problemsOf(text: string): string[] {
  return checkSettings(text, 'bundle.yml').problems.map(formatProblem);
}

function settingsOf(text: string): BundleSettings {
  const { settings, problems } = checkSettings(text, 'bundle.yml');
  expect(problems).toEqual([]);
  return settings ?? defaultSettings();
}

describe('a bundle.yml', () => {
  test.each([
    [
      'alerts: { PipeNodeMemryHigh: {} }',
      '1:11: "PipeNodeMemryHigh" is not a known key; did you mean "PipeNodeMemoryHigh"?',
    ],
    ['alerts: { PipeNodeMemoryHigh: { shar: 1 } }', '1:33: "shar" is not a known key; did you mean "share"?'],
    ['alerts: { PipeNodeMemoryHigh: { share: much } }', '1:40: "share" must be a number'],
    ['alerts: { PipeNodeMemoryHigh: { share: -1 } }', '1:40: "share" is negative; write 0 or more'],
    ['alerts: { PipeNodeMemoryHigh: { enabled: 0 } }', '1:42: "enabled" must be true or false'],
    [
      'alerts: { PipeNodeMemoryHigh: { severity: bad } }',
      '1:43: "severity" must be critical, warning, info or none',
    ],
    [
      'alerts: { PipeNodeMemoryHigh: { for: soon } }',
      '1:38: "for" is no duration; write one such as 5m or 1h30m',
    ],
    [
      'alerts: { PipeNodeMemoryHigh: { labels: { 1: x } } }',
      '1:43: "1" is no name of a label; use letters, digits and "_"',
    ],
    ['alerts: []', '1:9: "alerts" must be a map; write its keys on indented lines below it'],
    ['scrape_interval: 0s', '1:18: "scrape_interval" is no duration; write one such as 5m or 1h30m'],
    ['peer_label: my-region', '1:13: "peer_label" is no name of a label; use letters, digits and "_"'],
    [
      'selector: cluster=eu',
      '1:11: "selector" is no list of label matchers; write it as in PromQL, such as cluster="eu"',
    ],
    ['jobs: { node: "" }', '1:15: "node" is empty; write the name of the scrape job'],
    [
      'dashboards_url: grafana.example.org',
      '1:17: "dashboards_url" is no address; write one such as https://grafana.example.org',
    ],
    [
      'exporter_address: http://x',
      '1:19: "exporter_address" is no host:port; write one such as pipefleet:10950',
    ],
    ['exporter_access: { ca_file: /ca.crt }', '1:29: "ca_file" has no effect without "tls: true"; add it'],
    [
      'exporter_access: { tls: true, cert_file: /a.crt }',
      '1:42: "cert_file" needs key_file, the key of the certificate',
    ],
    [
      'exporter_access: { username: prometheus }',
      '1:30: "username" needs password_file, which holds the password',
    ],
    [
      'exporter_access: { username: x, password_file: /p, token_file: /t }',
      '1:64: "token_file" and username are two ways to say the same; keep one',
    ],
    ['exporter_access: { password: x }', '1:20: "password" is not a key here: passwords are not used'],
    ['grafana: x', '1:1: "grafana" is not a known key; known here: '],
  ])('%s is wrong at its place', (text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`bundle.yml:${problem}`);
  });

  test('names the groups that there are when it leaves out one that there is not', () => {
    expect(problemsOf('without_groups: [hosts]').join()).toMatch(
      /item 1 is no group of alerts; there are pipefleet-reachability, /,
    );
  });

  test('tells all of its mistakes at once', () => {
    expect(problemsOf('peer_label: 1x\nscrape_interval: x\n')).toHaveLength(2);
  });

  test('that says nothing changes nothing, nor does a file of comments', () => {
    expect(settingsOf('')).toEqual(defaultSettings());
    expect(settingsOf('# nothing\n')).toEqual(defaultSettings());
  });

  test('may say everything that the example says, which is what holds without it', () => {
    const text = exampleSettings().replaceAll(/^#(?=[ ]*(?:- )?(?:\{ )?[a-zA-Z_]+:|[ ]+#)/gm, '');
    const settings = settingsOf(text);
    const { jobs, peerLabel, scrapeIntervalSeconds, exporterAddress } = defaultSettings();
    expect(settings).toMatchObject({ jobs, peerLabel, scrapeIntervalSeconds, exporterAddress });
    expect(settings.alerts.size).toBeGreaterThan(80);
  });
});

describe('what it changes', () => {
  const files = bundleFiles(
    settingsOf(`
jobs: { node: edge }
selector: 'cluster="eu"'
peer_label: zone
scrape_interval: 60s
dashboards_url: https://grafana.example.org/
kubernetes: { namespace: monitoring, labels: { release: prom } }
without_groups: [pipefleet-monitoring]
alerts:
  PipeNodeMemoryHigh: { share: 0.8, severity: info, for: 1h, labels: { team: a } }
  PipeNodeCpuHigh: { enabled: false }
`),
  );
  const rules = parse(files['prometheus/rules/alerts.yml'] ?? '') as {
    groups: { name: string; rules: { alert: string; expr: string }[] }[];
  };
  const alert = (name: string) =>
    rules.groups.flatMap((group) => group.rules).find((rule) => rule.alert === name);

  test('is every number, severity and label of an alert', () => {
    expect(alert('PipeNodeMemoryHigh')).toMatchObject({
      expr: 'min_over_time(instance:node_memory_utilisation:ratio[15m]) > 0.8',
      for: '1h',
      labels: { severity: 'info', team: 'a' },
      annotations: {
        dashboard_url: 'https://grafana.example.org/d/pipefleet-node?var-instance={{ $labels.instance }}',
      },
    });
  });

  test('is whether an alert or a group of them is there', () => {
    expect(alert('PipeNodeCpuHigh')).toBeUndefined();
    expect(alert('PipeNodeCpuStolen')).toBeDefined();
    expect(rules.groups.map(({ name }) => name)).not.toContain('pipefleet-monitoring');
  });

  test('is the job, the selector and the ranges of every rule', () => {
    const down = alert('PipeNodeDown')?.expr ?? '';
    expect(down).toContain('probe_success{job="edge", cluster="eu"}[240s]');
    expect(Object.values(files).join('\n')).not.toMatch(/job="pipe-node"|\[2m\]/);
  });

  test('is the label of peers, in rules and dashboards', () => {
    expect(alert('PipeRegionDown')?.expr).toContain('by (job, zone)');
    expect(files['grafana/dashboards/pipefleet-network.json']).toContain('sum by (zone)');
    expect(files['grafana/dashboards/pipefleet-fleet.json']).toContain('zone=~\\"$region\\"');
  });

  test('is what manifests for Kubernetes carry', () => {
    const rule = parse(files['kubernetes/prometheus-rule.yml'] ?? '') as {
      metadata: unknown;
      spec: { groups: unknown[] };
    };
    expect(rule.metadata).toEqual({
      name: 'pipefleet',
      namespace: 'monitoring',
      labels: { release: 'prom' },
    });
    expect(rule.spec.groups.length).toBeGreaterThan(20);
    const jobs = (files['kubernetes/scrape-configs.yml'] ?? '')
      .split('---\n')
      .map((text) => parse(text) as unknown);
    expect(jobs).toHaveLength(4);
    expect(jobs[0]).toMatchObject({
      kind: 'ScrapeConfig',
      metadata: { name: 'edge', namespace: 'monitoring' },
      spec: {
        jobName: 'edge',
        scrapeInterval: '60s',
        httpSDConfigs: [{ url: 'http://pipefleet:10950/sd?module=node' }],
      },
    });
    const maps = (files['kubernetes/dashboards.yml'] ?? '')
      .split(/^---\n/m)
      .map((text) => parse(text) as { data: Record<string, string> });
    expect(maps).toHaveLength(10);
    for (const { data } of maps) {
      for (const [name, text] of Object.entries(data)) {
        expect(text).toBe(files[`grafana/dashboards/${name}`]);
        // What the API server takes of one object.
        expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
      }
    }
  });
});
