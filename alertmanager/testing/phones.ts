import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startServer } from '../../prometheus/testing/server.js';
import { mailSink } from './mail-sink.js';
import { written } from './written.js';

/** What stands in the files of secrets. */
export const SECRET = 'a-secret-that-nobody-may-read-in-a-message';

/** A running Alertmanager whose receivers are all here. */
export interface Phones {
  /** Of Alertmanager. */
  readonly url: string;
  /** Bodies by the path that they were sent to, SECRET in it as TOKEN; those of e-mail below `mail`. The last one is at the end. */
  readonly received: ReadonlyMap<string, readonly string[]>;
  stop(): Promise<void>;
}

/**
 * Starts Alertmanager with a bundle.yml and stands in for what it sends to.
 *
 * @param bundle in which FOLDER has files with secrets, ADDRESS is where all is received, and MAIL where mail is
 */
export async function startPhones(
  folder: string,
  bundle: string,
  change: (config: string) => string = (config) => config,
): Promise<Phones> {
  const received = new Map<string, string[]>();
  const take = (way: string, body: string): unknown =>
    received.set(way, [...(received.get(way) ?? []), body]);
  const http = createServer((request, response) => {
    const answer = (body: string): void => {
      take((request.url ?? '').split(SECRET).join('TOKEN'), body);
      // Telegram's answer; the others look at the status alone.
      response.setHeader('content-type', 'application/json');
      response.end('{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":-1001,"type":"group"}}}');
    };
    // An Alertmanager that is stopped in mid-request sends no whole message.
    textOf(request).then(answer, () => response.destroy());
  }).listen(0, '127.0.0.1');
  const mail = mailSink((text) => take('mail', text)).listen(0, '127.0.0.1');
  await Promise.all([once(http, 'listening'), once(mail, 'listening')]);
  const port = (server: typeof http | typeof mail): number => (server.address() as AddressInfo).port;
  const address = `http://127.0.0.1:${port(http)}`;
  writeFileSync(join(folder, 'secret'), SECRET);
  for (const name of ['discord', 'slack', 'webhook'])
    writeFileSync(join(folder, name), `${address}/${name}\n`);
  const text = bundle
    .replaceAll('FOLDER', folder)
    .replace('ADDRESS', address)
    .replace('MAIL', `127.0.0.1:${port(mail)}`);
  const path = written(folder, text, (config) => change(hereAndSoon(config, address)));
  const server = await startServer('alertmanager', [
    `--config.file=${path}`,
    `--storage.path=${join(folder, 'data')}`,
    '--cluster.listen-address=',
    '--web.external-url=http://alerts.example.org',
  ]);
  return {
    url: server.url,
    received,
    stop: async () => {
      await server.stop();
      http.closeAllConnections();
      http.close();
      mail.close();
    },
  };
}

/** Telegram and PagerDuty have one address for everybody: here they have ours. Nothing waits for minutes. */
function hereAndSoon(config: string, address: string): string {
  return config
    .replace('- bot_token_file', `- api_url: ${address}/telegram\n        bot_token_file`)
    .replace('- routing_key_file', `- url: ${address}/pagerduty\n        routing_key_file`)
    .replaceAll(/group_wait: (30s|1m)/g, 'group_wait: 1s')
    .replaceAll('group_interval: 5m', 'group_interval: 1s');
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
