import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundleFiles } from '../src/bundle/files.js';
import { checkSettings } from '../src/bundle/load-settings.js';
import { formatProblem } from '../src/config/diagnostics.js';
import { findTool } from '../src/stack/tools.js';
import { getJson, startServer, waitFor, type RunningServer } from '../prometheus/testing/server.js';

const execute = promisify(execFile);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-notify-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes what a bundle.yml gives for Alertmanager, and gives the path of the configuration. */
function written(
  name: string,
  text: string,
  change: (config: string) => string = (config) => config,
): string {
  const { settings, problems } = checkSettings(text, 'bundle.yml');
  expect(problems.map(formatProblem)).toEqual([]);
  const files = settings === undefined ? {} : bundleFiles(settings);
  for (const [path, content] of Object.entries(files)) {
    if (!path.startsWith('alertmanager/')) continue;
    const target = join(folder, name, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, path.endsWith('.yml') ? change(content) : content);
  }
  return join(folder, name, 'alertmanager/alertmanager.yml');
}

const EVERY_WAY = `
notify:
  receivers:
    - name: all
      telegram: { bot_token_file: FOLDER/secret, chat_id: -1001 }
      discord: { webhook_url_file: FOLDER/discord }
      slack: { api_url_file: FOLDER/slack, channel: '#nodes' }
      ntfy: { url: 'ADDRESS/ntfy', topic: pipefleet, token_file: FOLDER/secret }
      email: { to: operator@example.org, from: alerts@example.org, smarthost: 'MAIL' }
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
      'every-way',
      EVERY_WAY.replaceAll('FOLDER', '/run/secrets')
        .replace('ADDRESS', 'https://ntfy.sh')
        .replace('MAIL', 'mail.example.org:587'),
    );

  test('is accepted by amtool', async () => {
    const { stdout } = await execute(await findTool('amtool'), ['check-config', config()]);
    expect(stdout).toContain('SUCCESS');
  }, 300_000);

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
      '{ receivers: [{ name: a }, { name: a }] }',
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
      '1:63: "webhook_url_file" is no path; write the path of a file with the secret in it, such as /run/secrets/token',
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

describe('messages of a running Alertmanager', () => {
  const SECRET = 'a-secret-that-nobody-may-read-in-a-message';
  const received = new Map<string, string>();
  let http: Server;
  let mail: ReturnType<typeof createTcpServer>;
  let server: RunningServer;

  beforeAll(async () => {
    http = createServer((request, response) => {
      void textOf(request).then((body) => {
        received.set((request.url ?? '').split(SECRET).join('TOKEN'), body);
        // Telegram's answer; the others look at the status alone.
        response.setHeader('content-type', 'application/json');
        response.end('{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":-1001,"type":"group"}}}');
      });
    }).listen(0, '127.0.0.1');
    mail = mailSink((text) => received.set('mail', text)).listen(0, '127.0.0.1');
    await Promise.all([once(http, 'listening'), once(mail, 'listening')]);
    const address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    writeFileSync(join(folder, 'secret'), SECRET);
    for (const name of ['discord', 'slack', 'webhook'])
      writeFileSync(join(folder, name), `${address}/${name}`);
    const text = EVERY_WAY.replaceAll('FOLDER', folder)
      .replace('ADDRESS', address)
      .replace('MAIL', `127.0.0.1:${(mail.address() as AddressInfo).port}`);
    const path = written('running', text, (config) =>
      config
        .replace('- bot_token_file', `- api_url: ${address}/telegram\n        bot_token_file`)
        .replace('- routing_key_file', `- url: ${address}/pagerduty\n        routing_key_file`)
        .replace('- to: operator', '- require_tls: false\n        to: operator')
        .replaceAll('group_wait: 30s', 'group_wait: 1s')
        .replaceAll('group_wait: 1m', 'group_wait: 1s')
        .replaceAll('group_interval: 5m', 'group_interval: 1s')
        // Quiet hours that are now, whenever that is.
        .replace(
          /times:[\s\S]*?location/,
          "times:\n          - start_time: '00:00'\n            end_time: '24:00'\n        location",
        ),
    );
    server = await startServer('alertmanager', [
      `--config.file=${path}`,
      `--storage.path=${join(folder, 'data')}`,
      '--cluster.listen-address=',
      '--web.external-url=http://alerts.example.org',
    ]);
  }, 300_000);
  afterAll(async () => {
    await server.stop();
    http.close();
    mail.close();
  });

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
    const response = await fetch(`${server.url}/api/v2/alerts`, {
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
    instance: 'fra-1<b>',
    group: 'eu',
  };
  const WAYS = [
    '/telegram/botTOKEN/sendMessage',
    '/discord',
    '/slack',
    '/ntfy',
    '/pagerduty',
    '/webhook',
    'mail',
  ];
  const arrived = async (word: string): Promise<string[]> => {
    const ways = (): Promise<string[]> =>
      Promise.resolve(WAYS.filter((way) => (received.get(way) ?? '').includes(word)));
    return waitFor(ways, (found) => found.length === WAYS.length);
  };

  test('arrive by every way, with what, where, since when and where to go on', async () => {
    await post(down);
    await expect(arrived('has not answered a probe')).resolves.toEqual(WAYS);
    const json = (way: string) => JSON.parse(received.get(way) ?? '{}') as Record<string, unknown>;
    expect(json('/telegram/botTOKEN/sendMessage')).toMatchObject({ chat_id: '-1001', parse_mode: 'HTML' });
    expect(received.get('/telegram/botTOKEN/sendMessage')).toContain(
      'fra-1&lt;b&gt;'.replaceAll('&', '\\u0026'),
    );
    expect(json('/ntfy')).toMatchObject({
      topic: 'pipefleet',
      title: 'Critical – PipeNodeDown on fra-1<b>',
      priority: 5,
      tags: ['rotating_light'],
    });
    expect(json('/ntfy')['message']).toMatch(/For 1h 0m \d+s\./);
    expect(json('/ntfy')['message']).toContain(
      'Silence: http://alerts.example.org/#/silences/new?filter=%7Balertname%3D%22PipeNodeDown%22',
    );
    expect(received.get('/slack')).toContain('"color":"danger"');
    expect(received.get('/pagerduty')).toContain('"severity":"critical"');
    expect(received.get('mail')).toContain('Subject: Critical: PipeNodeDown on fra-1<b>');
    for (const [way, body] of received) {
      // PagerDuty's own key is how it knows the sender.
      if (way !== '/pagerduty') expect(body).not.toContain(SECRET);
    }
  });

  test('tell that it is over, and how long it was', async () => {
    await post(down, true);
    const ways = WAYS.filter((way) => way !== '/pagerduty');
    const over = (): Promise<string[]> =>
      Promise.resolve(
        ways.filter((way) => /Over on fra-1|"status":"resolved"/.test(received.get(way) ?? '')),
      );
    await expect(waitFor(over, (found) => found.length === ways.length)).resolves.toEqual(ways);
    expect(received.get('/ntfy')).toMatch(/after (59m|1h)/);
  });

  test('of warnings wait for the end of the quiet hours, those of critical alerts do not', async () => {
    const warning = { ...down, alertname: 'PipeNodeMemoryHigh', severity: 'warning', instance: 'ams-1' };
    await post(warning);
    const held = async (): Promise<string[]> => {
      const groups = (await getJson(`${server.url}/api/v2/alerts/groups`)) as {
        alerts: { labels: { alertname: string }; status: { mutedBy?: string[] } }[];
      }[];
      return groups
        .flatMap(({ alerts }) => alerts)
        .filter(({ status }) => (status.mutedBy ?? []).includes('quiet-hours'))
        .map(({ labels }) => labels.alertname);
    };
    await expect(waitFor(held, (names) => names.length > 0)).resolves.toEqual(['PipeNodeMemoryHigh']);
    expect([...received.values()].some((body) => body.includes('PipeNodeMemoryHigh'))).toBe(false);
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** A mail server that takes everything, as far as a client needs one. */
function mailSink(take: (text: string) => void): ReturnType<typeof createTcpServer> {
  return createTcpServer((socket) => {
    let isData = false;
    let text = '';
    socket.write('220 sink\r\n');
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().split('\r\n')) {
        if (isData) {
          text += `${line}\n`;
          if (line !== '.') continue;
          isData = false;
          take(decodeQuotedPrintable(text));
          socket.write('250 taken\r\n');
        } else if (/^(EHLO|HELO|MAIL|RCPT|RSET|NOOP)/i.test(line)) {
          socket.write('250 fine\r\n');
        } else if (/^DATA/i.test(line)) {
          isData = true;
          text = '';
          socket.write('354 go on\r\n');
        } else if (/^QUIT/i.test(line)) {
          socket.end('221 bye\r\n');
        }
      }
    });
  });
}

function decodeQuotedPrintable(text: string): string {
  return text
    .replaceAll('=\n', '')
    .replaceAll(/=(?<code>[0-9A-F]{2})/g, (_all, code: string) => String.fromCharCode(parseInt(code, 16)));
}
