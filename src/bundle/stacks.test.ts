import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { SERVER_METRICS } from '../../prometheus/testing/known-metrics.js';
import { startServer, waitFor } from '../../prometheus/testing/server.js';
import { findTool, type ToolName } from '../stack/tools.js';
import { bundleFiles } from './files.js';
import { checkSettings, defaultSettings } from './load-settings.js';

const execute = promisify(execFile);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-stacks-'));
  for (const [name, text] of Object.entries(bundleFiles(defaultSettings()))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(tool: ToolName, ...words: string[]): Promise<string> {
  const { stdout, stderr } = await execute(await findTool(tool), words);
  return stdout + stderr;
}

describe('what pipefleet bundle writes is taken', () => {
  test('by Prometheus, as files that a configuration names', async () => {
    const config = join(folder, 'prometheus.yml');
    const files = {
      scrape_config_files: [join(folder, 'prometheus/scrape-configs.yml')],
      rule_files: [join(folder, 'prometheus/rules/*.yml')],
    };
    writeFileSync(config, JSON.stringify(files));
    await expect(run('promtool', 'check', 'config', '--lint=all', '--lint-fatal', config)).resolves.toContain(
      'is valid prometheus config file syntax',
    );
  });

  test("by the Prometheus of the machine's release, 2.42 on Debian 12", async () => {
    for (const name of ['recording', 'alerts']) {
      const rules = join(folder, `prometheus/rules/${name}.yml`);
      await expect(run('promtool-release', 'check', 'rules', rules)).resolves.toContain('SUCCESS');
    }
  });

  test('by vmalert and vmagent', async () => {
    const rules = `-rule=${join(folder, 'prometheus/rules/*.yml')}`;
    await expect(run('vmalert', '-dryRun', '-disableAlertgroupLabel', rules)).resolves.toContain(
      'finished reading 2 files',
    );
    const jobs = `-promscrape.config=${join(folder, 'victoriametrics/scrape-configs.yml')}`;
    await run('vmagent', '-dryRun', jobs, '-remoteWrite.url=http://127.0.0.1:1');
  });
});

describe('an exporter that asks who comes', () => {
  const access = ['tls: true', 'ca_file: FILE', 'cert_file: FILE', 'key_file: FILE'];
  const settingsOf = (...more: string[]) => {
    const text = `exporter_access:\n  ${[...access, ...more].join('\n  ').replaceAll('FILE', join(folder, 'a file'))}\n`;
    const { settings, problems } = checkSettings(text, 'bundle.yml');
    expect(problems).toEqual([]);
    if (settings === undefined) throw new Error('Settings without problems are there.');
    return settings;
  };

  test.each([
    ['a password', ['username: prometheus', 'password_file: FILE']],
    ['a token', ['token_file: FILE']],
  ])('is shown a certificate and %s, by Prometheus and by vmagent', async (_what, more) => {
    const files: Readonly<Record<string, string>> = bundleFiles(settingsOf(...more));
    const jobs = join(folder, 'guarded.yml');
    const config = join(folder, 'guarded-prometheus.yml');
    writeFileSync(join(folder, 'a file'), '');
    writeFileSync(jobs, files['prometheus/scrape-configs.yml'] ?? '');
    writeFileSync(config, JSON.stringify({ scrape_config_files: [jobs] }));
    await expect(run('promtool', 'check', 'config', '--syntax-only', config)).resolves.toContain('is valid');
    const shown = more.length === 1 ? 'credentials_file' : 'password_file';
    // For the list of nodes, and for the probes; the exporter itself has no list.
    expect(files['prometheus/scrape-configs.yml']?.match(new RegExp(`${shown}:`, 'g'))).toHaveLength(7);
    writeFileSync(jobs, files['victoriametrics/scrape-configs.yml'] ?? '');
    await run('vmagent', '-dryRun', `-promscrape.config=${jobs}`, '-remoteWrite.url=http://127.0.0.1:1');
    expect(files['victoriametrics/scrape-configs.yml']?.match(/https:/g)).toHaveLength(3);
  });

  test('takes the same from a Secret for the Prometheus operator', () => {
    const files: Readonly<Record<string, string>> = bundleFiles(
      settingsOf('username: prometheus', 'password_file: FILE', 'secret: letmein'),
    );
    const [first] = (files['kubernetes/scrape-configs.yml'] ?? '').split('---\n');
    const from = (key: string) => ({ name: 'letmein', key });
    const credentials = {
      tlsConfig: {
        ca: { secret: from('ca.crt') },
        cert: { secret: from('tls.crt') },
        keySecret: from('tls.key'),
      },
      basicAuth: { username: from('username'), password: from('password') },
    };
    expect(parse(first ?? '')).toMatchObject({
      spec: { scheme: 'HTTPS', ...credentials, httpSDConfigs: [credentials] },
    });
    expect(files['kubernetes/scrape-configs.yml']).not.toContain('a file');
  });
});

describe('what rules and dashboards ask Prometheus and Alertmanager themselves', () => {
  test('is what they tell', async () => {
    const alertmanager = await startServer('alertmanager', [
      `--config.file=${join(process.cwd(), 'alertmanager/alertmanager.yml')}`,
      `--storage.path=${join(folder, 'alerts')}`,
      '--cluster.listen-address=',
    ]);
    const config = join(folder, 'asked.yml');
    const target = new URL(alertmanager.url).host;
    writeFileSync(
      config,
      JSON.stringify({
        rule_files: [join(folder, 'prometheus/rules/*.yml')],
        alerting: { alertmanagers: [{ static_configs: [{ targets: [target] }] }] },
      }),
    );
    const prometheus = await startServer('prometheus', [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
    ]);
    try {
      for (const [server, url] of Object.entries({
        prometheus: prometheus.url,
        alertmanager: alertmanager.url,
      })) {
        const wanted = Object.entries(SERVER_METRICS[server as keyof typeof SERVER_METRICS]);
        const tells = async (): Promise<string[]> => {
          const text = await (await fetch(`${url}/metrics`)).text();
          return wanted
            .filter(([name, type]) => !text.includes(`# TYPE ${name} ${type}`))
            .map(([name]) => name);
        };
        await expect(waitFor(tells, (missing) => missing.length === 0)).resolves.toEqual([]);
      }
    } finally {
      await prometheus.stop();
      await alertmanager.stop();
    }
  });
});
