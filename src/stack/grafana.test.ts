import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { findGrafana, grafanaService } from './grafana.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-grafana-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(path: string, text = ''): string {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  return place;
}

describe('Grafana', () => {
  test('is found in GRAFANA_HOME, and on PATH behind a link', async () => {
    const program = file('grafana-12/bin/grafana');
    file('grafana-12/conf/defaults.ini');
    const home = join(folder, 'grafana-12');
    await expect(findGrafana({ GRAFANA_HOME: home })).resolves.toEqual({ program, home });

    mkdirSync(join(folder, 'bin'));
    symlinkSync(program, join(folder, 'bin', 'grafana'));
    await expect(findGrafana({ PATH: join(folder, 'bin') })).resolves.toEqual({
      program: join(folder, 'bin', 'grafana'),
      home,
    });
  });

  test("reads the bundle's data source and dashboards from where they are on this machine", async () => {
    file('bundle/provisioning/datasources/prometheus.yml', 'datasources:\n  - url: http://prometheus:9090\n');
    file(
      'bundle/provisioning/dashboards/pipefleet.yml',
      'providers:\n  - type: file\n    options:\n      path: /var/lib/grafana/dashboards\n',
    );
    const service = await grafanaService(
      { program: '/opt/grafana/bin/grafana', home: '/opt/grafana' },
      {
        bundle: join(folder, 'bundle'),
        ports: { pipefleet: 1, prometheus: 2, alertmanager: 3 },
        port: 4,
        folder: join(folder, 'run'),
      },
    );
    const provisioning = service.spec.env?.['GF_PATHS_PROVISIONING'] ?? '';
    const read = (path: string): unknown => parse(readFileSync(join(provisioning, path), 'utf8'));
    expect(read('datasources/prometheus.yml')).toEqual({ datasources: [{ url: 'http://127.0.0.1:2' }] });
    expect(read('dashboards/pipefleet.yml')).toEqual({
      providers: [{ type: 'file', options: { path: join(folder, 'bundle', 'dashboards') } }],
    });
    expect(service.readyUrl).toBe('http://127.0.0.1:4/api/health');
    expect(service.spec.env).toMatchObject({ GF_SERVER_HTTP_ADDR: '127.0.0.1', GF_SERVER_HTTP_PORT: '4' });
  });
});
