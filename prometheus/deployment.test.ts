import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { EXIT } from '../src/cli/exit-codes.js';
import { findTool } from '../src/stack/tools.js';

const execute = promisify(execFile);
const ROOT = process.cwd();
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly pids_limit?: number;
  readonly ulimits?: Readonly<Record<string, number>>;
  readonly mem_limit?: string;
  readonly memswap_limit?: string;
  readonly ports: readonly string[];
  readonly volumes: readonly (
    string | { readonly source: string; readonly target: string; readonly read_only: boolean }
  )[];
  readonly secrets?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const composeText = read('docker-compose.yml');
const compose = parse(composeText, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');

describe('docker-compose.yml', () => {
  test('has the four services', () => {
    expect(Object.keys(compose.services)).toEqual(['pipefleet', 'alertmanager', 'prometheus', 'grafana']);
  });

  test.each(services)('%s can change nothing and gain nothing', (_name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    // No other entry: seccomp and AppArmor are those of the runtime.
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect(service).not.toHaveProperty('privileged');
    for (const shared of ['pid', 'ipc', 'network_mode', 'userns_mode', 'devices', 'cap_add']) {
      expect(service).not.toHaveProperty(shared);
    }
    expect(service.pids_limit).toBe(1024);
    for (const folder of service.tmpfs ?? []) expect(folder).toMatch(/:.*noexec,nosuid,nodev$/);
    expect(service.user ?? '').not.toMatch(/^(0|root)(:|$)/);
  });

  test('pipefleet leaves no key in a dump or on a swap device, and has no memory without bound', () => {
    const { ulimits, mem_limit, memswap_limit, tmpfs } = compose.services['pipefleet'] ?? {};
    expect(ulimits).toEqual({ nofile: 65_536, core: 0 });
    expect([mem_limit, memswap_limit]).toEqual(['1g', '1g']);
    expect(tmpfs?.join()).toContain('size=64m');
  });

  test.each(services)('%s listens on this machine alone', (_name, { ports }) => {
    expect(ports).toHaveLength(1);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(?<port>\d+):\k<port>$/);
  });

  test.each(services)('%s is of a version that is written down', (_name, { image, build }) => {
    expect(image).toMatch(build === undefined ? /:v?\d+\.\d+\.\d+$/ : /^pipefleet:local$/);
  });

  test.each(services)('%s says when it is well', (_name, { build, healthcheck }) => {
    expect(build === undefined ? (healthcheck?.test[0] ?? '') : dockerfile).toMatch(/^CMD$|^HEALTHCHECK /m);
  });

  test.each(services)('%s waits for what it needs to be well', (_name, { depends_on = {} }) => {
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      expect(Object.keys(compose.services)).toContain(needed);
      expect(condition).toBe('service_healthy');
    }
  });

  test.each(services)('%s gets files of the project to read only, and they exist', (_name, { volumes }) => {
    for (const volume of volumes) {
      if (typeof volume !== 'string') {
        expect(volume.read_only).toBe(true);
        continue;
      }
      // What a bundle of one's own can take the place of is that of the project by default.
      const [source = '', , mode] = volume.replace('${PIPEFLEET_BUNDLE:-.}', '.').split(':');
      if (!source.startsWith('.')) {
        expect(Object.keys(compose.volumes)).toContain(source);
        continue;
      }
      expect(mode).toBe('ro');
      expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
    }
  });

  test('keeps secrets in files outside the image and the repository', () => {
    for (const [name, { secrets = [] }] of services) {
      for (const secret of secrets)
        expect([name, Object.keys(compose.secrets)]).toEqual([name, expect.arrayContaining([secret])]);
    }
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/secrets\//);
    expect(compose.services['pipefleet']?.secrets).toEqual(['ssh-key', 'known-hosts']);
    const password = 'GF_SECURITY_ADMIN_PASSWORD';
    expect(compose.services['grafana']?.environment?.[`${password}__FILE`]).toBe(
      '/run/secrets/grafana-admin-password',
    );
    expect(composeText).not.toMatch(new RegExp(`${password}(=|:)`));
  });

  test('is accepted by docker compose', async () => {
    const { stderr } = await execute(await findTool('docker-compose'), ['config', '--quiet'], { cwd: ROOT });
    expect(stderr).toBe('');
  });
});

describe('docker-compose.scale.yml', () => {
  interface Resolved {
    readonly services: Readonly<
      Record<
        string,
        Service & { readonly volumes?: readonly { readonly type: string; readonly source: string }[] }
      >
    >;
  }
  let resolved: Resolved['services'] = {};

  test('is accepted by docker compose, as it is written', async () => {
    const { stdout, stderr } = await execute(
      await findTool('docker-compose'),
      ['-f', 'docker-compose.scale.yml', 'config', '--format', 'json'],
      { cwd: ROOT },
    );
    expect(stderr).toBe('');
    resolved = (JSON.parse(stdout) as Resolved).services;
    expect(Object.keys(resolved).sort()).toEqual([
      'alertmanager',
      'grafana',
      'haproxy',
      'pipefleet-1',
      'pipefleet-2',
      'pipefleet-3',
      'victoriametrics',
      'vmagent-1',
      'vmagent-2',
      'vmalert',
    ]);
  });

  test('everything in it is shut in as in docker-compose.yml, of a version, and well when it says so', () => {
    for (const [name, service] of Object.entries(resolved)) {
      const { read_only, cap_drop, security_opt, pids_limit } = service;
      expect([name, read_only, cap_drop, security_opt, pids_limit]).toEqual([
        name,
        true,
        ['ALL'],
        ['no-new-privileges:true'],
        1024,
      ]);
      expect([name, service.image]).toEqual([
        name,
        expect.stringMatching(/:v?\d+\.\d+\.\d+$|^pipefleet:local$/),
      ]);
      expect([name, service.healthcheck?.test[0] ?? 'CMD']).toEqual([name, 'CMD']);
    }
  });

  test('the files that it mounts are there', () => {
    for (const { volumes = [] } of Object.values(resolved)) {
      for (const { type, source } of volumes as readonly { type: string; source: string }[]) {
        if (type === 'bind' && !source.endsWith('/pipefleet.yml'))
          expect([source, existsSync(source)]).toEqual([source, true]);
      }
    }
  });

  test('its scrape jobs are those of prometheus.yml, less what vmagent does not know', () => {
    interface Jobs {
      readonly scrape_configs: readonly {
        readonly job_name: string;
        readonly scrape_interval?: string;
        readonly scrape_timeout?: string;
      }[];
    }
    const jobs = (path: string): (string | undefined)[][] =>
      (parse(read(path)) as Jobs).scrape_configs
        .filter(({ job_name: name }) => name.startsWith('pipe'))
        .map(({ job_name: name, scrape_interval: interval, scrape_timeout: timeout }) => [
          name,
          interval,
          timeout,
        ]);
    expect(jobs('deploy/scale/vmagent.yml')).toEqual(jobs('prometheus/prometheus.yml'));
  });

  test('its data sources differ from those of docker-compose.yml in the address of the store alone', () => {
    const without = (path: string): string => read(path).replace(/^(?:#.*\n)+/, '');
    expect(without('deploy/scale/datasources.yml')).toBe(
      without('grafana/provisioning/datasources/pipefleet.yml').replace(
        'prometheus:9090',
        'victoriametrics:8428',
      ),
    );
  });
});

describe('what Grafana is given', () => {
  const grafana = compose.services['grafana'];
  const yaml = (kind: string): unknown => parse(read(`grafana/provisioning/${kind}/pipefleet.yml`));

  test('data sources have fixed names for the dashboards, and addresses of services', () => {
    const { datasources } = yaml('datasources') as {
      datasources: {
        uid: string;
        type: string;
        url: string;
        editable: boolean;
        jsonData: Record<string, unknown>;
      }[];
    };
    expect(datasources.map(({ uid, type, editable }) => [uid, type, editable])).toEqual([
      ['prometheus', 'prometheus', false],
      ['alertmanager', 'alertmanager', false],
    ]);
    for (const { url } of datasources) {
      const { hostname, port } = new URL(url);
      expect(compose.services[hostname]?.ports[0]).toBe(`127.0.0.1:${port}:${port}`);
    }
    const { global } = parse(read('prometheus/prometheus.yml')) as { global: { scrape_interval: string } };
    expect(datasources[0]?.jsonData['timeInterval']).toBe(global.scrape_interval);
  });

  test('dashboards come from the mounted folder, into a folder of their own, and cannot be saved over', () => {
    const { providers } = yaml('dashboards') as {
      providers: { folder: string; folderUid: string; allowUiUpdates: boolean; options: { path: string } }[];
    };
    expect(providers).toHaveLength(1);
    expect(providers[0]).toMatchObject({ folder: 'Pipe', folderUid: 'pipefleet', allowUiUpdates: false });
    const path = providers[0]?.options.path ?? '';
    expect(grafana?.volumes).toContain(`\${PIPEFLEET_BUNDLE:-.}/grafana/dashboards:${path}:ro`);
    const home = grafana?.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'];
    expect(readdirSync(join(ROOT, 'grafana/dashboards')).map((name) => `${path}/${name}`)).toContain(home);
  });
});

describe('Dockerfile', () => {
  test('builds with scripts of packages off, and ships what runs only', () => {
    expect(dockerfile.match(/^FROM .*/gm)).toEqual([
      'FROM ${BASE} AS build',
      'FROM ${BASE} AS dependencies',
      'FROM ${BASE}',
    ]);
    for (const [install] of dockerfile.matchAll(/npm ci.*/g)) expect(install).toContain('--ignore-scripts');
    expect(dockerfile).toContain('npm ci --omit=dev --ignore-scripts');
    // What the last stage takes over is what was installed without development, and what was compiled.
    const [, , , last = ''] = dockerfile.split(/^FROM .*$/m);
    expect(last.match(/^COPY .*/gm)).toEqual([
      'COPY package.json LICENSE ./',
      'COPY --from=dependencies /app/node_modules node_modules',
      'COPY --from=build /build/dist dist',
    ]);
  });

  test('has a base that says which Node.js and which Debian, and that a digest can take the place of', () => {
    expect(/^ARG BASE=(?<base>.*)$/m.exec(dockerfile)?.groups?.['base']).toMatch(
      /^node:\d+-[a-z]+-slim(?:@sha256:[0-9a-f]{64})?$/,
    );
  });

  test('ends as an image without package managers and without programs that lend rights', () => {
    const [, , , last = ''] = dockerfile.split(/^FROM .*$/m);
    for (const program of ['npm', 'npx', 'corepack', 'yarn'])
      expect(last).toContain(`/usr/local/bin/${program}`);
    expect(last).toContain('-perm /6000 -exec chmod a-s {} +');
    // Nothing is fetched at the end, no secret is given, and whoever starts it later is not root.
    expect(last).not.toMatch(/\b(?:apt-get|curl|wget)\b|^ADD |^(?:ARG|ENV) .*(?:TOKEN|SECRET|PASSWORD|KEY)/m);
    expect(last.lastIndexOf('RUN ')).toBeLessThan(last.indexOf('USER '));
    expect(dockerfile.match(/^USER .*/gm)).toEqual(['USER 1000:1000']);
  });

  test('says what it is, in the words of the Open Container Initiative', () => {
    const labels = [
      ...dockerfile.matchAll(/org\.opencontainers\.image\.(?<name>[a-z.]+)="(?<value>[^"]*)"/g),
    ];
    const named = new Map(labels.map(({ groups }) => [groups?.['name'], groups?.['value']]));
    const { license } = JSON.parse(read('package.json')) as { readonly license: string };
    expect(named.get('licenses')).toBe(license);
    expect(named.get('version')).toBe('${VERSION}');
    expect(named.get('revision')).toBe('${REVISION}');
    expect(named.get('base.name')).toBe('docker.io/library/${BASE}');
    expect([...named.keys()]).toEqual(expect.arrayContaining(['title', 'description', 'source']));
  });

  test('runs the exporter as a number that is not root', () => {
    expect(dockerfile).toMatch(/^USER 1000:1000$/m);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node", "dist\/bin\/pipefleet\.js"\]$/m);
    expect(dockerfile).toMatch(
      /^CMD \["serve", "--config", "\/etc\/pipefleet\/pipefleet\.yml", "--listen", "0\.0\.0\.0:10950"\]$/m,
    );
    expect(dockerfile).toContain('CMD ["node", "dist/bin/health-check.js", "127.0.0.1:10950"]');
    expect(existsSync(join(ROOT, 'src/bin/health-check.ts'))).toBe(true);
  });

  test('copies what exists and what .dockerignore lets through', () => {
    const allowed = read('.dockerignore').match(/(?<=^!).+$/gm) ?? [];
    for (const [line = ''] of dockerfile.matchAll(/^COPY (?!--from).*$/gm)) {
      for (const source of line.split(' ').slice(1, -1)) {
        expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
        expect(allowed).toContain(source);
      }
    }
    expect(read('.dockerignore')).toMatch(/^\*$/m);
  });
});

describe('deploy/pipefleet.service', () => {
  const unit = join(ROOT, 'deploy/pipefleet.service');
  const settings = new Map(
    read('deploy/pipefleet.service')
      .split('\n')
      .filter((line) => /^[A-Z]\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const),
  );

  test('starts the exporter on this machine alone, and reloads it by a signal', () => {
    expect(settings.get('ExecStart')).toMatch(
      / serve --config \/etc\/pipefleet\/pipefleet\.yml --listen 127\.0\.0\.1:10950$/,
    );
    expect(settings.get('ExecReload')).toBe('/bin/kill -HUP $MAINPID');
  });

  test.each([
    ['DynamicUser', 'yes'],
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'yes'],
    ['PrivateDevices', 'yes'],
    ['PrivateUsers', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['RestrictNamespaces', 'yes'],
    ['NoExecPaths', '/tmp /var/tmp /dev/shm'],
    ['LimitCORE', '0'],
    ['MemorySwapMax', '0'],
    ['LoadCredential', 'ssh-key:/etc/pipefleet/ssh-key'],
  ])('is confined: %s=%s', (name, value) => {
    expect(settings.get(name)).toBe(value);
  });

  test('is started again when its event loop is stalled, and ended by force when it does not end', () => {
    expect(settings.get('Type')).toBe('notify');
    // The helper that speaks for the exporter is not the main process.
    expect(settings.get('NotifyAccess')).toBe('all');
    const silence = Number(settings.get('WatchdogSec'));
    expect(silence).toBeGreaterThanOrEqual(10);
    expect(silence).toBeLessThanOrEqual(60);
    // What may go on after SIGTERM when nothing is configured.
    expect(read('docs/pipefleet.schema.json')).toMatch(/"shutdown":\s*\{\s*"default":\s*"10s"/);
    expect(Number(settings.get('TimeoutStopSec'))).toBeGreaterThan(10);
  });

  test('does not start again what the configuration must mend first', () => {
    expect(settings.get('Restart')).toBe('on-failure');
    expect(settings.get('RestartPreventExitStatus')).toBe(String(EXIT.usage));
  });

  test('lets setpriv start, without which the backend openssh connects to nothing', () => {
    expect(read('deploy/pipefleet.service')).toMatch(/^SystemCallFilter=.*\bcapset\b/m);
  });

  test('lets a thousand probes have their sockets', () => {
    // One to the node, one to the scraper; a node behind jump hosts needs none of its own.
    expect(Number(settings.get('LimitNOFILE'))).toBeGreaterThan(2 * 10_000);
  });

  test('has the exposure that the documents state, by systemd itself', async () => {
    const analyze = await findTool('systemd-analyze');
    const { stdout } = await execute(analyze, ['security', '--offline=true', '--no-pager', unit]);
    const exposure = /Overall exposure level for pipefleet\.service: (?<score>[\d.]+) /.exec(stdout);
    const score = Number(exposure?.groups?.['score']);
    expect(score).toBeLessThanOrEqual(1.4);
    const stated = /exposure level of (?<score>[\d.]+)/.exec(read('docs/operations.md'))?.groups?.['score'];
    // Another version of systemd may judge otherwise, and has the last word only on what is too much.
    expect(score).toBeLessThanOrEqual(Number(stated));
  });

  test('has no word that systemd does not know', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipefleet-unit-'));
    try {
      // Where Node.js lies on this machine is not what is asked.
      const copy = join(folder, 'pipefleet.service');
      writeFileSync(copy, readFileSync(unit, 'utf8').replace('/usr/bin/node', process.execPath));
      // The units of systemd itself that it comes after, which this machine may not have.
      for (const name of ['sysinit', 'basic', 'shutdown', 'network-online', 'multi-user']) {
        writeFileSync(join(folder, `${name}.target`), '[Unit]\nDefaultDependencies=no\n');
      }
      const { stdout, stderr } = await execute(await findTool('systemd-analyze'), ['verify', copy], {
        env: { ...process.env, SYSTEMD_UNIT_PATH: folder },
      });
      expect(`${stdout}${stderr}`).not.toMatch(/pipefleet\.service/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
