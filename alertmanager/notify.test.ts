import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkSettings } from '../src/bundle/load-settings.js';
import { formatProblem } from '../src/config/diagnostics.js';
import { findTool } from '../src/stack/tools.js';
import { SECRET, startPhones, type Phones } from './testing/phones.js';
import { written } from './testing/written.js';
import { getJson, waitFor } from '../prometheus/testing/server.js';

const execute = promisify(execFile);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-notify-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const EVERY_WAY = `
notify:
  receivers:
    - name: all
      telegram: { bot_token_file: FOLDER/secret, chat_id: -1001 }
      discord: { webhook_url_file: FOLDER/discord }
      slack: { api_url_file: FOLDER/slack, channel: '#nodes' }
      ntfy: { url: 'ADDRESS', topic: pipefleet, token_file: FOLDER/secret }
      email: { to: operator@example.org, from: alerts@example.org, smarthost: 'MAIL', require_tls: false }
      pagerduty: { routing_key_file: FOLDER/secret }
      webhook: { url_file: FOLDER/webhook }
    - name: phone
      pushover: { user_key_file: FOLDER/secret, token_file: FOLDER/secret }
    - name: quiet
  critical: all
  warning: all
  info: quiet
  teams: [{ team: asia, receiver: quiet, critical: phone }]
  quiet_hours: { from: '22:00', to: '07:00', time_zone: Europe/Berlin, severities: [warning] }
  dead_man: { url_file: FOLDER/webhook }
`;

describe('a bundle.yml with every way', () => {
  const config = (): string =>
    written(
      join(folder, 'every-way'),
      EVERY_WAY.replaceAll('FOLDER', '/run/secrets')
        .replace('ADDRESS', 'https://ntfy.sh')
        .replace('MAIL', 'mail.example.org:587'),
    );

  test('is accepted by amtool', async () => {
    const { stdout } = await execute(await findTool('amtool'), ['check-config', config()]);
    expect(stdout).toContain('SUCCESS');
  });

  test.each([
    ['all', 'severity=critical'],
    ['all', 'severity=warning'],
    ['quiet', 'severity=info'],
    ['phone', 'severity=critical team=asia'],
    ['quiet', 'severity=warning team=asia'],
    ['watchdog', 'severity=none alertname=Watchdog'],
  ])('%s gets %s', async (receiver, labels) => {
    const words = ['config', 'routes', 'test', `--config.file=${config()}`, `--verify.receivers=${receiver}`];
    const { stdout } = await execute(await findTool('amtool'), [...words, ...labels.split(' ')]);
    expect(stdout).toContain(receiver);
  });
});

describe('a mistake in it', () => {
  const problems = (text: string): string[] => checkSettings(text, 'bundle.yml').problems.map(formatProblem);

  test.each([
    ['{ critical: phone }', '1:21: "critical" names no receiver; there are operator, notes'],
    [
      '{ teams: [{ team: a, receiver: b }] }',
      '1:40: "receiver" names no receiver; there are operator, notes',
    ],
    [
      '{ receivers: [{ name: a }, { name: a }], info: a }',
      '1:44: "name" is the name of another receiver too; choose another, or write both ways into one',
    ],
    [
      '{ receivers: [{ name: a, webhook: { url: "https://x/secret", url_file: /x } }] }',
      '1:50: "url" would put a secret into this file; write it into a file and name that as "url_file"',
    ],
    [
      '{ receivers: [{ name: a, telegram: { bot_token_file: /x } }] }',
      '1:44: "telegram" needs either "chat_id_file" or "chat_id"',
    ],
    [
      '{ receivers: [{ name: a, discord: { webhook_url_file: "https://x" } }] }',
      '1:63: "webhook_url_file" is no absolute path; write that of a file with the secret in it as Alertmanager sees it, such as /run/secrets/token',
    ],
    [
      '{ receivers: [{ name: a, webhook: { url_file: ~/secret } }] }',
      '1:55: "url_file" is no absolute path; write that of a file with the secret in it as Alertmanager sees it, such as /run/secrets/token',
    ],
    [
      '{ receivers: [{ name: a }, { name: b }] }',
      '1:44: "name" is told nothing; name it as "critical", "warning", "info" or in "teams", or remove it',
    ],
    [
      '{ receivers: [{ name: watchdog }] }',
      '1:31: "name" is the name of the receiver of "dead_man"; choose another',
    ],
    [
      '{ receivers: [{ name: a, ntfy: { url: "https://me:secret@ntfy.sh", topic: x } }] }',
      '1:47: "url" is no address, or has a password or a question in it; write one such as https://ntfy.sh',
    ],
    [
      '{ receivers: [{ name: a, ntfy: { url: "https://ntfy.sh/x", topic: x } }] }',
      '1:47: "url" ends behind the host; write what follows as "topic"',
    ],
    [
      '{ receivers: [{ name: a, email: { to: a@b, from: a@b, smarthost: "b:587", auth_username: a } }] }',
      '1:41: "email" needs "auth_username" and "auth_password_file" together, or neither',
    ],
    ['{ group_by: [a-b] }', '1:22: "group_by" item 1 is no name of a label; use letters, digits and "_"'],
    [
      '{ alertmanager_url: alerts }',
      '1:29: "alertmanager_url" is no address, or has a password or a question in it; write one such as https://alerts.example.org',
    ],
    [
      '{ quiet_hours: { from: "22:00", to: "22:00" } }',
      '1:45: "to" is the same as "from"; write when the quiet hours end',
    ],
    [
      '{ quiet_hours: { from: "25:00", to: "07:00" } }',
      '1:32: "from" is no time of day; write one such as 22:00',
    ],
    [
      '{ quiet_hours: { from: "22:00", to: "07:00", time_zone: Mars } }',
      '1:65: "time_zone" is no time zone; write one such as Europe/Berlin',
    ],
    [
      '{ quiet_hours: { from: "22:00", to: "07:00", severities: [critical] } }',
      '1:67: "severities" item 1 can be warning or info; what is critical is told at any hour',
    ],
  ])('%s', (notify, problem) => {
    expect(problems(`notify: ${notify}`)).toEqual([`bundle.yml:${problem}`]);
  });
});

describe('what is left out', () => {
  const config = (notify: string): string =>
    readFileSync(written(join(folder, 'left-out'), `notify: ${notify}`), 'utf8');

  test('falls to the first receiver, but for notes', () => {
    const { route } = parse(config('{ receivers: [{ name: phone }] }')) as {
      route: { receiver: string; routes: { receiver: string }[] };
    };
    expect(route.receiver).toBe('phone');
    expect(route.routes.map(({ receiver }) => receiver)).toEqual(['watchdog', 'phone', 'phone', 'notes']);
  });

  test.each([
    [
      '22:00',
      '07:00',
      [
        ['friday', '22:00', '24:00'],
        ['saturday', '00:00', '07:00'],
      ],
    ],
    ['22:00', '00:00', [['friday', '22:00', '24:00']]],
    ['12:00', '13:30', [['friday', '12:00', '13:30']]],
  ])('of a Friday from %s to %s belongs to the next day', (from, to, expected) => {
    const { time_intervals: found } = parse(
      config(`{ quiet_hours: { from: '${from}', to: '${to}', weekdays: [friday] } }`),
    ) as {
      time_intervals: {
        time_intervals: { weekdays: string[]; times: { start_time: string; end_time: string }[] }[];
      }[];
    };
    const spans = found.flatMap(({ time_intervals: one }) => one);
    expect(
      spans.map(({ weekdays, times }) => [...weekdays, times[0]?.start_time, times[0]?.end_time]),
    ).toEqual(expected);
  });
});

describe('messages of a running Alertmanager', () => {
  let phones: Phones;
  beforeAll(async () => {
    // Quiet hours that are now, whenever that is.
    phones = await startPhones(folder, EVERY_WAY, (config) =>
      config.replace(
        /( +)- times:[\s\S]*?(?=inhibit_rules)/,
        "$1- times:\n$1    - start_time: '00:00'\n$1      end_time: '24:00'\n",
      ),
    );
  });
  afterAll(() => phones.stop());
  const last = (way: string): string => phones.received.get(way)?.at(-1) ?? '';

  async function post(labels: Readonly<Record<string, string>>, isOver = false): Promise<void> {
    const now = Date.now();
    const alert = {
      labels,
      annotations: {
        summary: 'A Pipe node cannot be probed.',
        description: `${labels['instance'] ?? ''} has not answered a probe for two minutes.`,
        dashboard_url: `/d/pipefleet-node?var-instance=${labels['instance'] ?? ''}`,
        runbook_url: 'https://example.org/runbooks#pipenodedown',
      },
      startsAt: new Date(now - 3_600_000).toISOString(),
      endsAt: new Date(isOver ? now - 1000 : now + 600_000).toISOString(),
    };
    const response = await fetch(`${phones.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([alert]),
    });
    expect(response.status).toBe(200);
  }

  const down = {
    alertname: 'PipeNodeDown',
    severity: 'critical',
    job: 'pipe-node',
    instance: 'fra-1',
    group: 'eu',
  };
  const WAYS = [
    '/telegram/botTOKEN/sendMessage',
    '/discord',
    '/slack',
    '/',
    '/pagerduty',
    '/webhook',
    'mail',
  ];
  const arrived = async (word: string): Promise<string[]> => {
    const ways = (): Promise<string[]> => Promise.resolve(WAYS.filter((way) => last(way).includes(word)));
    return waitFor(ways, (found) => found.length === WAYS.length);
  };

  test('arrive by every way, with what, where, since when and where to go on', async () => {
    await post(down);
    await expect(arrived('has not answered a probe')).resolves.toEqual(WAYS);
    const json = (way: string) => JSON.parse(last(way)) as Record<string, unknown>;
    expect(json('/telegram/botTOKEN/sendMessage')).toMatchObject({ chat_id: '-1001', parse_mode: 'HTML' });
    expect(json('/')).toMatchObject({
      topic: 'pipefleet',
      title: 'Critical – PipeNodeDown on fra-1',
      priority: 5,
      tags: ['rotating_light'],
      click: 'http://localhost:3000/d/pipefleet-node?var-instance=fra-1',
      actions: [{ label: 'Dashboard' }, { label: 'What to do' }, { label: 'Silence' }],
    });
    expect(json('/')['message']).toContain('two minutes. For 1h 0m.');
    expect(last('mail')).toContain(
      'Silence: http://alerts.example.org/#/silences/new?filter=%7Balertname%3D%22PipeNodeDown%22',
    );
    expect(last('/slack')).toContain('"color":"danger"');
    expect(last('/pagerduty')).toContain('"severity":"critical"');
    expect(last('mail')).toContain('Subject: Critical: PipeNodeDown on fra-1');
    for (const [way, [body]] of phones.received) {
      // PagerDuty's own key is how it knows the sender.
      if (way !== '/pagerduty') expect(body).not.toContain(SECRET);
    }
  });

  test('tell that it is over, and how long it was', async () => {
    await post(down, true);
    const ways = WAYS.filter((way) => way !== '/pagerduty');
    const over = (): Promise<string[]> =>
      Promise.resolve(ways.filter((way) => /Over on fra-1|"status":"resolved"/.test(last(way))));
    await expect(waitFor(over, (found) => found.length === ways.length)).resolves.toEqual(ways);
    expect(last('/')).toMatch(/after (59m|1h 0m)\./);
  });

  test('of warnings wait for the end of the quiet hours, those of critical alerts do not', async () => {
    const warning = { ...down, alertname: 'PipeNodeMemoryHigh', severity: 'warning', instance: 'ams-1' };
    await post(warning);
    const held = async (): Promise<string[]> => {
      const groups = (await getJson(`${phones.url}/api/v2/alerts/groups`)) as {
        alerts: { labels: { alertname: string }; status: { mutedBy?: string[] } }[];
      }[];
      return groups
        .flatMap(({ alerts }) => alerts)
        .filter(({ status }) => (status.mutedBy ?? []).includes('quiet-hours'))
        .map(({ labels }) => labels.alertname);
    };
    await expect(waitFor(held, (names) => names.length > 0)).resolves.toEqual(['PipeNodeMemoryHigh']);
    expect([...phones.received.values()].flat().some((body) => body.includes('PipeNodeMemoryHigh'))).toBe(
      false,
    );
  });
});
