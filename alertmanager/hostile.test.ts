import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../prometheus/testing/server.js';
import { startPhones, type Phones } from './testing/phones.js';

const BUNDLE = `
notify:
  grafana_url: https://grafana.example.org
  alertmanager_url: https://alerts.example.net
  receivers:
    - name: all
      telegram: { bot_token_file: FOLDER/secret, chat_id: -1001 }
      discord: { webhook_url_file: FOLDER/discord }
      slack: { api_url_file: FOLDER/slack }
      ntfy: { url: 'ADDRESS', topic: pipefleet }
      email: { to: operator@example.org, from: alerts@example.org, smarthost: 'MAIL', require_tls: false }
      pagerduty: { routing_key_file: FOLDER/secret }
`;
const TELEGRAM = '/telegram/botTOKEN/sendMessage';
const NTFY = '/';
const WAYS = [TELEGRAM, '/discord', '/slack', NTFY, '/pagerduty', 'mail'];

type Labels = Readonly<Record<string, string>>;

let folder = '';
let phones: Phones;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-hostile-'));
  phones = await startPhones(folder, BUNDLE);
});
afterAll(async () => {
  await phones.stop();
  rmSync(folder, { recursive: true });
});

async function post(labels: readonly Labels[], annotations: Labels, isOver = false): Promise<void> {
  const startsAt = new Date(Date.now() - 3_600_000).toISOString();
  const endsAt = new Date(Date.now() + (isOver ? -1000 : 600_000)).toISOString();
  const response = await fetch(`${phones.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(labels.map((one) => ({ labels: one, annotations, startsAt, endsAt }))),
  });
  expect(response.status).toBe(200);
}

/** The message about an alert by each way, when it has come by all of them. */
async function messages(alertname: string): Promise<(way: string) => string> {
  const about = (way: string): string =>
    phones.received.get(way)?.findLast((body) => body.includes(alertname)) ?? '';
  const ways = (): Promise<string[]> => Promise.resolve(WAYS.filter((way) => about(way) !== ''));
  await expect(waitFor(ways, (found) => found.length === WAYS.length)).resolves.toEqual(WAYS);
  return about;
}

const jsonOf = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

describe('a message', () => {
  test('does what no value of an alert says', async () => {
    const evil = '<!channel> <b>&"\' [here](https://evil.example) {{ .ExternalURL }} - a: b';
    await post([{ alertname: 'Evil', severity: 'critical', instance: evil, group: 'eu' }], {
      summary: `${evil}: x`,
      description: evil,
      dashboard_url: '/d/x?var-instance=<b>"|)',
      runbook_url: 'javascript:alert(1)',
    });
    const about = await messages('Evil');

    const html = String(jsonOf(about(TELEGRAM))['text']);
    expect(html).toContain('&lt;!channel&gt; &lt;b&gt;&amp;&#34;&#39;');
    expect(html.replaceAll(/<\/?b>|<a href="[^"<>]*">|<\/a>/g, '')).not.toMatch(/[<>]/);
    const [{ title, text }] = jsonOf(about('/slack'))['attachments'] as [Record<string, string>];
    expect(`${title ?? ''}${text ?? ''}`).not.toMatch(/<(?!https:\/\/alerts\.example\.net)/);
    const [embed] = jsonOf(about('/discord'))['embeds'] as [Record<string, string>];
    expect(embed['description']).toContain('\\[here\\]\\(https://evil.example\\)');
    const ntfy = jsonOf(about(NTFY));
    expect(ntfy['title']).toBe(`Critical – Evil on ${evil.replace(': b', ' b')}`.slice(0, 79).concat('…'));
    expect(ntfy['message']).toContain(evil);
    expect(ntfy).toMatchObject({ click: null, actions: [{ label: 'Silence' }] });
    expect(about('mail')).toContain('&lt;!channel&gt;');
    for (const way of WAYS) expect(about(way)).not.toMatch(/javascript:|\\?"(?:href|url)\\?": ?\\?""/);
  });

  test('of alerts that say little is a message nevertheless', async () => {
    await post([{ alertname: 'Bare', instance: 'x' }], {});
    const about = await messages('Bare');
    expect(jsonOf(about(NTFY))).toMatchObject({ title: 'Alert – Bare on x', priority: 3 });
    expect(jsonOf(about(NTFY))['message']).toMatch(/- x\. For 1h 0m\./);
    expect(about(TELEGRAM)).not.toContain('href=\\"\\"');
  });

  test('fits into what Telegram takes, with many nodes of long names', async () => {
    const nodes = Array.from({ length: 30 }, (_, index) => `&<"'${index}${'&<n'.repeat(60)}`);
    const labels = nodes.map((instance) => ({
      alertname: 'Crowd',
      severity: 'critical',
      instance,
      group: 'g'.repeat(60),
    }));
    const annotations = {
      summary: '&'.repeat(300),
      description: `"""""""${'d'.repeat(800)}`,
      dashboard_url: `/d/x?${'&'.repeat(4)}${'x'.repeat(103)}`,
      runbook_url: `https://example.org/${'r'.repeat(220)}&&&&`,
    };
    await post(labels, annotations);
    const seen = (text: string) => (): Promise<string | undefined> =>
      Promise.resolve(phones.received.get(TELEGRAM)?.findLast((body) => body.includes(text)));
    await waitFor(seen('30 × Crowd in ggg'), (body) => body !== undefined);
    await post(labels.slice(20), annotations, true);
    const last = await waitFor(seen('10 are over.'), (body) => body !== undefined);
    const html = String(jsonOf(last ?? '{}')['text']);
    expect(html).toContain('">Dashboard</a>\n');
    expect(html).toContain('The first 8 of 20.');
    expect(html.length).toBeLessThanOrEqual(4096);
  });

  test('of one node silences that node, and of several their group', async () => {
    const labels = { alertname: 'Quiet', severity: 'critical', instance: 'fra 1', group: 'a+b' };
    await post([labels], { summary: 'S.', runbook_url: 'https://example.org/quiet' });
    const filter = encodeURIComponent('{alertname="Quiet",group="a+b",instance="fra 1"}');
    expect((await messages('Quiet'))('mail')).toContain(
      `Silence: https://alerts.example.net/#/silences/new?filter=${filter}`,
    );
    await post([{ ...labels, instance: 'fra-2' }], { summary: 'S.' });
    const both = (): Promise<string | undefined> =>
      Promise.resolve(phones.received.get('/slack')?.findLast((body) => body.includes('2 × Quiet')));
    expect(jsonOf((await waitFor(both, (body) => body !== undefined)) ?? '{}')['attachments']).toMatchObject([
      {
        text: expect.stringContaining(
          `filter=${encodeURIComponent('{alertname="Quiet",group="a+b"}')}|Silence>`,
        ),
      },
    ]);
  });
});
