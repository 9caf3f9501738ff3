import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { getJson, startServer, waitFor, type RunningServer } from '../prometheus/testing/server.js';
import { inhibitRules } from '../src/bundle/alertmanager/inhibit-rules.js';
import { OUTAGES } from '../src/bundle/alertmanager/testing/alert-sets.js';
import { inhibition, type Labels, sentOf } from '../src/bundle/alertmanager/testing/inhibition.js';
import { defaultSettings } from '../src/bundle/load-settings.js';
import { findTool } from '../src/stack/tools.js';

const execute = promisify(execFile);
const FOLDER = join(process.cwd(), 'alertmanager');
const CONFIG = join(FOLDER, 'alertmanager.yml');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-alertmanager-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function amtool(...words: string[]): Promise<string> {
  const { stdout } = await execute(await findTool('amtool'), words);
  return stdout;
}

describe('alertmanager.yml', () => {
  test('is accepted by amtool', async () => {
    await expect(amtool('check-config', CONFIG)).resolves.toContain('3 receivers\n - 1 templates');
  });

  test('sends nothing as it stands', () => {
    const { receivers } = parse(readFileSync(CONFIG, 'utf8')) as { receivers: Record<string, unknown>[] };
    expect(receivers).toEqual([{ name: 'operator' }, { name: 'notes' }, { name: 'watchdog' }]);
  });

  test('calls the dead man’s switch at every interval: what was sent one interval ago is due again', () => {
    const { route } = parse(readFileSync(CONFIG, 'utf8')) as { route: { routes: unknown[] } };
    expect(route.routes[0]).toMatchObject({ group_interval: '1m', repeat_interval: '30s' });
  });

  test.each([
    ['watchdog', 'alertname=Watchdog', 'severity=none'],
    ['operator', 'alertname=PipeNodeDown', 'severity=critical'],
    ['operator', 'alertname=PipeNodeMemoryHigh', 'severity=warning'],
    ['notes', 'alertname=PipeNodeRebooted', 'severity=info'],
    ['operator', 'alertname=SomebodyElsesAlert', 'severity=page'],
  ])('%s gets %s %s', async (receiver, ...labels) => {
    const words = ['config', 'routes', 'test', `--config.file=${CONFIG}`, `--verify.receivers=${receiver}`];
    await expect(amtool(...words, ...labels)).resolves.toContain(receiver);
  });
});

describe('a message', () => {
  const down = (instance: string, status = 'firing') => ({
    status,
    labels: { alertname: 'PipeNodeDown', severity: 'critical', group: 'eu', instance },
    annotations: {
      summary: 'A Pipe node cannot be probed.',
      description: `${instance} has not answered.`,
      dashboard_url: `/d/pipefleet-node?var-instance=${instance}`,
      runbook_url: 'https://example.org/runbooks#pipenodedown',
    },
    startsAt: '2026-01-01T00:00:00Z',
  });

  async function render(name: string, alerts: ReturnType<typeof down>[], common = {}): Promise<string> {
    const data = {
      receiver: 'operator',
      externalURL: 'http://alerts.example.org',
      status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
      alerts,
      groupLabels: { alertname: 'PipeNodeDown', group: 'eu' },
      commonLabels: { alertname: 'PipeNodeDown', severity: 'critical', group: 'eu', ...common },
      commonAnnotations: {
        summary: 'A Pipe node cannot be probed.',
        runbook_url: 'https://example.org/runbooks#pipenodedown',
        ...(alerts.length === 1 && { dashboard_url: alerts[0]?.annotations.dashboard_url }),
      },
    };
    const path = join(folder, 'data.json');
    writeFileSync(path, JSON.stringify(data));
    const words = [`--template.glob=${join(FOLDER, 'templates/*.tmpl')}`, `--template.data=${path}`];
    const kind = name === 'pipefleet.text' || name === 'pipefleet.title' ? 'text' : 'html';
    const text = `--template.text={{ template "${name}" . }}`;
    return (await amtool('template', 'render', ...words, `--template.type=${kind}`, text)).trimEnd();
  }

  test('names one node', async () => {
    await expect(render('pipefleet.title', [down('fra-1')], { instance: 'fra-1' })).resolves.toBe(
      'Critical: PipeNodeDown on fra-1',
    );
  });

  test('counts several, and does not count those that are over', async () => {
    const alerts = [down('fra-1'), down('fra-2'), down('fra-3', 'resolved')];
    await expect(render('pipefleet.title', alerts)).resolves.toBe('Critical: 2 × PipeNodeDown in eu');
  });

  test('says that it is over, and how long it was', async () => {
    const alerts = [{ ...down('fra-1', 'resolved'), endsAt: '2026-01-01T02:03:00Z' }];
    await expect(render('pipefleet.title', alerts, { instance: 'fra-1' })).resolves.toBe(
      'Over: PipeNodeDown on fra-1',
    );
    await expect(render('pipefleet.text', alerts)).resolves.toContain('\n- Over on fra-1, after 2h 3m.');
  });

  test('says that a node is simulated', async () => {
    const title = await render('pipefleet.title', [down('fra-1')], { instance: 'fra-1', simulated: 'true' });
    expect(title).toBe('Critical: PipeNodeDown on fra-1 (simulated)');
  });

  test('has the sentence, each node with its time, and where to go on', async () => {
    const text = await render('pipefleet.text', [down('fra-1'), down('fra-2')]);
    expect(text.replaceAll(/For [\dhdms ]+\./g, 'For a while.')).toBe(
      [
        'A Pipe node cannot be probed.',
        '',
        '- fra-1 has not answered. For a while. Dashboard: http://localhost:3000/d/pipefleet-node?var-instance=fra-1',
        '- fra-2 has not answered. For a while. Dashboard: http://localhost:3000/d/pipefleet-node?var-instance=fra-2',
        '',
        'Dashboard: http://localhost:3000/d/pipefleet-fleet',
        'What to do: https://example.org/runbooks#pipenodedown',
        'Silence: http://alerts.example.org/#/silences/new?filter=%7Balertname%3D%22PipeNodeDown%22%2Cgroup%3D%22eu%22%7D',
      ].join('\n'),
    );
  });

  test('lists eight of many, and counts all', async () => {
    const alerts = Array.from({ length: 30 }, (_, index) => down(`node-${index}`));
    const text = await render('pipefleet.text', alerts);
    expect(text).toContain('node-7 has');
    expect(text).not.toContain('node-8 has');
    expect(text).toContain('The first 8 of 30.');
    // What Telegram takes.
    expect((await render('pipefleet.html', alerts)).length).toBeLessThan(4096);
  });

  test('leads to the address that an alert has in full', async () => {
    const alert = down('fra-1');
    const annotations = { ...alert.annotations, dashboard_url: 'https://grafana.example.org/d/x' };
    await expect(render('pipefleet.text', [{ ...alert, annotations }])).resolves.toContain(
      '\nDashboard: https://grafana.example.org/d/x\n',
    );
  });

  test.each(['pipefleet.html', 'pipefleet.mail'])('of hostile labels is still %s', async (name) => {
    const html = await render(name, [down('<b>a&b</b>"')]);
    expect(html).toContain('&lt;b&gt;a&amp;b&lt;/b&gt;');
    expect(html).not.toContain('<b>a&b');
    if (name === 'pipefleet.html') {
      expect(html.replaceAll(/<\/?(b|a)( href="[^"<>]*")?>/g, '')).not.toMatch(/[<>]/);
    }
  });
});

describe('inhibition by a running Alertmanager', () => {
  interface Held {
    readonly labels: Labels;
    readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] };
  }

  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer('alertmanager', [
      `--config.file=${CONFIG}`,
      `--storage.path=${join(folder, 'data')}`,
      '--cluster.listen-address=',
    ]);
  });
  afterAll(() => server.stop());

  const node = (alertname: string, severity: string, instance: string, more: Labels = {}): Labels => ({
    alertname,
    severity,
    job: 'pipe-node',
    instance,
    group: 'eu',
    ...more,
  });

  /** Names and instances of the withheld alerts, once Alertmanager has taken in all that are posted. */
  async function withheld(alerts: readonly Labels[], expected: readonly string[]): Promise<string[]> {
    const startsAt = new Date().toISOString();
    const endsAt = new Date(Date.now() + 600_000).toISOString();
    const response = await fetch(`${server.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts.map((labels) => ({ labels, startsAt, endsAt }))),
    });
    expect(response.status).toBe(200);
    const ask = async (): Promise<string[]> => {
      const held = (await getJson(`${server.url}/api/v2/alerts`)) as Held[];
      const own = held.filter(({ labels }) =>
        alerts.some((sent) => JSON.stringify(sorted(sent)) === JSON.stringify(sorted(labels))),
      );
      if (own.length < alerts.length) return ['some have not arrived'];
      return own
        .filter(({ status }) => status.inhibitedBy.length > 0)
        .map(({ labels }) => titleOf(labels))
        .sort();
    };
    const answer = await waitFor(ask, (names) => JSON.stringify(names) === JSON.stringify(expected));
    await end(alerts);
    return answer;
  }

  const titleOf = ({ alertname = '', instance = '' }: Labels): string => `${alertname} ${instance}`.trim();

  async function end(alerts: readonly Labels[]): Promise<void> {
    const past = new Date(Date.now() - 1000).toISOString();
    await fetch(`${server.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts.map((labels) => ({ labels, startsAt: past, endsAt: past }))),
    });
    await waitFor(
      () => getJson(`${server.url}/api/v2/alerts`) as Promise<unknown[]>,
      (held) => held.length === 0,
    );
  }

  function sorted(labels: Labels): Labels {
    return Object.fromEntries(Object.entries(labels).sort());
  }

  test('a node that is down withholds its own warnings and notes, and no other node’s', async () => {
    const alerts = [
      node('PipeNodeDown', 'critical', 'fra-1', { reason: 'connect' }),
      node('PipeNodeMemoryHigh', 'warning', 'fra-1'),
      node('PipeNodeRebooted', 'info', 'fra-1'),
      node('PipeNodeMemoryHigh', 'warning', 'fra-2'),
      node('PipeNodeSoftwareDown', 'critical', 'fra-1'),
    ];
    const expected = ['PipeNodeMemoryHigh fra-1', 'PipeNodeRebooted fra-1'];
    await expect(withheld(alerts, expected)).resolves.toEqual(expected);
  });

  test('an alert without an instance is nobody’s: labels missing on both sides do not tie', async () => {
    const alerts = [
      { alertname: 'PipeNodeDown', severity: 'critical' },
      { alertname: 'SomebodyElsesAlert', severity: 'warning' },
      node('PipeNodeDown', 'critical', 'fra-1', { reason: 'connect' }),
      node('PipeNodeRebooted', 'info', 'fra-1'),
    ];
    const expected = ['PipeNodeRebooted fra-1'];
    await expect(withheld(alerts, expected)).resolves.toEqual(expected);
  });

  test('many nodes down are one message', async () => {
    const alerts = [
      { alertname: 'PipeNodesDownMany', severity: 'critical', job: 'pipe-node' },
      node('PipeNodeDown', 'critical', 'fra-1', { reason: 'connect' }),
      { ...node('PipeNodeDown', 'critical', 'ams-1', { reason: 'connect' }), job: 'another-fleet' },
    ];
    await expect(withheld(alerts, ['PipeNodeDown fra-1'])).resolves.toEqual(['PipeNodeDown fra-1']);
  });

  test('a cause withholds its consequence and is not withheld by it', async () => {
    const alerts = [
      node('PipeNodeHostKeyChanged', 'critical', 'fra-1', { reason: 'host_key_changed' }),
      node('PipeNodeDown', 'critical', 'fra-1', { reason: 'host_key_changed' }),
      node('PipeNodeAuthFailed', 'critical', 'fra-2', { reason: 'auth' }),
      node('PipeNodeDown', 'critical', 'fra-2', { reason: 'auth' }),
      node('PipeNodeDown', 'critical', 'fra-3', { reason: 'dns' }),
    ];
    const jump = (alertname: string, name: string): Labels => ({
      alertname,
      severity: 'critical',
      job: 'pipefleet',
      instance: `pipefleet-${name}`,
      jump: name,
    });
    alerts.push(
      jump('PipefleetJumpHostKeyChanged', 'outer'),
      jump('PipefleetJumpHostDown', 'outer'),
      jump('PipefleetJumpHostDown', 'inner'),
    );
    const expected = ['PipeNodeDown fra-1', 'PipeNodeDown fra-2', 'PipefleetJumpHostDown pipefleet-outer'];
    await expect(withheld(alerts, expected)).resolves.toEqual(expected);
  });

  test('no exporter answers: this inhibits the scrapes that fail for it, and nothing that an exporter saw', async () => {
    const alerts = [
      { alertname: 'PipefleetDown', severity: 'critical', job: 'pipefleet', instance: 'pipefleet:10950' },
      node('PipeNodeScrapeFailing', 'warning', 'fra-1'),
      { alertname: 'PipeNodesDownMany', severity: 'critical', job: 'pipe-node' },
      node('PipeNodeHostKeyChanged', 'critical', 'fra-2', { reason: 'host_key_changed' }),
      node('PipeNodeMemoryHigh', 'warning', 'fra-3'),
      {
        alertname: 'PipefleetReloadFailed',
        severity: 'warning',
        job: 'pipefleet',
        instance: 'pipefleet:10950',
      },
    ];
    const expected = ['PipeNodeScrapeFailing fra-1'];
    await expect(withheld(alerts, expected)).resolves.toEqual(expected);
  });

  test('one of two exporters is down while a region is: a message for each', async () => {
    const region = { severity: 'critical', job: 'pipe-node', region: 'asia' };
    const alerts = [
      {
        alertname: 'PipefleetInstanceDown',
        severity: 'critical',
        job: 'pipefleet',
        instance: 'exporter-1:10950',
      },
      { alertname: 'PipeNodesDownMany', severity: 'critical', job: 'pipe-node' },
      { ...region, alertname: 'PipeRegionDown' },
      node('PipeNodeDown', 'critical', 'sgp-1', { reason: 'connect', region: 'asia' }),
      node('PipeNodeDown', 'critical', 'sgp-2', { reason: 'connect', region: 'asia' }),
      node('PipeNodeScrapeFailing', 'warning', 'fra-1', { region: 'europe' }),
    ];
    const expected = ['PipeNodeDown sgp-1', 'PipeNodeDown sgp-2', 'PipeRegionDown'];
    await expect(withheld(alerts, expected)).resolves.toEqual(expected);
  });

  test('for every combination of alerts in an outage, inhibits what our model of the rules says', async () => {
    const inhibits = inhibition(inhibitRules(defaultSettings()));
    for (const alerts of OUTAGES) {
      const sent = sentOf(inhibits, alerts);
      const expected = alerts
        .filter((alert) => !sent.includes(alert))
        .map(titleOf)
        .sort();
      await expect(withheld(alerts, expected)).resolves.toEqual(expected);
    }
  }, 120_000);

  test('a region that is down withholds its nodes, and many nodes withhold the region', async () => {
    const region = (alertname: string, name: string): Labels => ({
      alertname,
      severity: 'critical',
      job: 'pipe-node',
      region: name,
    });
    const alerts = [
      region('PipeRegionDown', 'asia'),
      node('PipeNodeDown', 'critical', 'sgp-1', { reason: 'dns', region: 'asia' }),
      node('PipeNodeDown', 'critical', 'fra-1', { reason: 'dns', region: 'europe' }),
      node('PipeNodeDown', 'critical', 'lim-1', { reason: 'dns' }),
    ];
    await expect(withheld(alerts, ['PipeNodeDown sgp-1'])).resolves.toEqual(['PipeNodeDown sgp-1']);
    const many = [
      region('PipeRegionDown', 'asia'),
      { alertname: 'PipeNodesDownMany', severity: 'critical', job: 'pipe-node' },
    ];
    await expect(withheld(many, ['PipeRegionDown'])).resolves.toEqual(['PipeRegionDown']);
  });

  test('a jump host that is down withholds the nodes behind it that are down for it', async () => {
    const alerts = [
      {
        alertname: 'PipefleetJumpHostDown',
        severity: 'critical',
        job: 'pipefleet',
        instance: 'pipefleet:10950',
        jump: 'bastion',
      },
      node('PipeNodeDown', 'critical', 'fra-1', { reason: 'jump', jump: 'bastion' }),
      node('PipeNodeDown', 'critical', 'fra-2', { reason: 'jump', jump: 'other' }),
      node('PipeNodeDown', 'critical', 'fra-3', { reason: 'auth', jump: 'bastion' }),
      node('PipeNodeDown', 'critical', 'fra-4', { reason: 'jump' }),
    ];
    await expect(withheld(alerts, ['PipeNodeDown fra-1'])).resolves.toEqual(['PipeNodeDown fra-1']);
  });

  test('what other jobs say of a node that is down is withheld too', async () => {
    const alerts = [
      node('PipeNodeDown', 'critical', 'fra-1', { reason: 'dns' }),
      { ...node('PipeNodeGateOutdated', 'warning', 'fra-1'), job: 'pipe-inventory' },
      { ...node('SomebodyElsesAlert', 'warning', 'fra-1'), job: 'node' },
    ];
    await expect(withheld(alerts, ['PipeNodeGateOutdated fra-1'])).resolves.toEqual([
      'PipeNodeGateOutdated fra-1',
    ]);
  });

  test.each([
    ['PipeNodeUnitFailed', 'PipeNodeSoftwareDown', {}],
    ['PipeNodeUnitFailed', 'PipeNodeRestarting', {}],
    ['PipeNodeSoftwareDown', 'PipeNodeTrafficDrop', {}],
    ['PipeNodeSoftwareDown', 'PipeNodeTlsLost', {}],
    ['PipeNodeFilesystemAlmostFull', 'PipeNodeFilesystemFillingUp', { mountpoint: '/' }],
    ['PipeNodeMemoryHigh', 'PipeNodeMemoryRunningOut', {}],
    ['PipeNodeUptimeLost', 'PipeNodeUptimeAtRisk', {}],
    ['PipeNodeCertificateExpired', 'PipeNodeCertificateExpiring', {}],
  ])('%s withholds %s of the same node alone', async (cause, consequence, more) => {
    const alerts = [
      node(cause, 'critical', 'fra-1', more),
      node(consequence, 'critical', 'fra-1', more),
      node(consequence, 'critical', 'fra-2', more),
    ];
    await expect(withheld(alerts, [`${consequence} fra-1`])).resolves.toEqual([`${consequence} fra-1`]);
  });

  test('the worse of two severities, of the same file system only', async () => {
    const full = (severity: string, mountpoint: string): Labels =>
      node('PipeNodeFilesystemAlmostFull', severity, 'fra-1', { mountpoint });
    const alerts = [full('critical', '/'), full('warning', '/'), full('warning', '/cache')];
    await expect(withheld(alerts, ['PipeNodeFilesystemAlmostFull fra-1'])).resolves.toEqual([
      'PipeNodeFilesystemAlmostFull fra-1',
    ]);
  });

  test('a label that is missing on both sides ties nothing', async () => {
    const bare = (alertname: string, more: Labels = {}): Labels => ({
      alertname,
      severity: 'critical',
      ...more,
    });
    const alerts = [
      bare('PipeRegionDown', { job: 'pipe-node' }),
      bare('PipeRegionDown', { region: 'eu' }),
      bare('PipefleetJumpHostDown', { instance: 'exporter-1' }),
      bare('PipeNodeUnitFailed', { instance: 'fra-7' }),
      bare('PipeNodeFilesystemAlmostFull', { instance: 'fra-8' }),
      bare('PipeNodeFilesystemAlmostFull', { mountpoint: '/' }),
      bare('PipeNodeDown', { instance: 'fra-1', reason: 'jump', job: 'pipe-node' }),
      bare('PipeNodeDown', { instance: 'fra-2', reason: 'jump', region: 'eu' }),
      bare('PipeNodeSoftwareDown', { instance: 'fra-7' }),
      bare('PipeNodeFilesystemFillingUp', { instance: 'fra-8' }),
      bare('PipeNodeFilesystemFillingUp', { mountpoint: '/' }),
      node('PipeNodeDown', 'critical', 'fra-9', { reason: 'connect' }),
      node('PipeNodeRebooted', 'info', 'fra-9'),
    ];
    const expected = ['PipeNodeRebooted fra-9'];
    await expect(withheld(alerts, expected)).resolves.toEqual(expected);
  });
});
