import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkoutFolder } from './checkout.js';
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
    const checkout = checkoutFolder();
    const service = await grafanaService({ program: '/opt/grafana/bin/grafana', home: '/opt/grafana' }, 4, {
      checkout,
      ports: { pipefleet: 1, prometheus: 2, alertmanager: 3 },
      folder: join(folder, 'run'),
      intervalSeconds: 5,
    });
    const provisioning = service.spec.env?.['GF_PATHS_PROVISIONING'] ?? '';
    const read = (path: string): unknown => parse(readFileSync(join(provisioning, path), 'utf8'));
    expect(read('datasources/pipefleet.yml')).toMatchObject({
      datasources: [
        { url: 'http://127.0.0.1:2', jsonData: { timeInterval: '5s' } },
        { url: 'http://127.0.0.1:3' },
      ],
    });
    expect(read('dashboards/pipefleet.yml')).toMatchObject({
      providers: [{ type: 'file', options: { path: join(checkout, 'grafana', 'dashboards') } }],
    });
    expect(service.readyUrl).toBe('http://127.0.0.1:4/api/health');
    expect(service.spec.env).toMatchObject({ GF_SERVER_HTTP_ADDR: '127.0.0.1', GF_SERVER_HTTP_PORT: '4' });
  });
});
