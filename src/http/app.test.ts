import { get as httpGet } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { abortReason } from '../core/deadline.js';
import { PipefleetError } from '../core/errors.js';
import { buildInventory } from '../inventory/inventory.js';
import { answerOf, fakeExec, ran, testModule, testNode } from '../scrape/testing/fakes.js';
import { listen } from './listen.js';
import { closeApps, startApp as start } from './testing/start-app.js';

afterEach(closeApps);

describe('/probe', () => {
  test('answers 200 with an exposition', async () => {
    const { fetch } = await start();
    const response = await fetch('/probe?target=fra-1&module=node');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    expect(text).toContain('\nprobe_success 1\n');
    expect(text).toContain('\ntest_number 7\n');
    expect(text).toContain('\ntest_word{name="a"} 1\n');
  });

  test('answers 200 as well when the node is down: that is what was asked', async () => {
    const { fetch } = await start({
      exec: fakeExec(() => ran('', { reason: 'connect', message: 'Refused.' })),
    });
    const response = await fetch('/probe?target=fra-1');
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('\nprobe_success 0\n');
    expect(text).toContain('probe_failure_reason{reason="connect"} 1');
  });

  test.each([
    ['/probe', 400, 'Say which node: /probe?target=NODE&module=MODULE, each once.'],
    ['/probe?target=', 400, 'Say which node: /probe?target=NODE&module=MODULE, each once.'],
    ['/probe?target=fra-1&target=ams-1', 400, 'Say which node: /probe?target=NODE&module=MODULE, each once.'],
    ['/probe?target[a]=fra-1', 400, 'Say which node: /probe?target=NODE&module=MODULE, each once.'],
    ['/probe?target=fra-1&module=nope', 400, 'There is no module "nope"; there is node.'],
    ['/probe?target=192.0.2.7', 404, 'There is no node "192.0.2.7" in the configuration.'],
    ['/probe?target=root@evil.example', 404, 'There is no node "root@evil.example" in the configuration.'],
    ['/probe?target=__proto__', 404, 'There is no node "__proto__" in the configuration.'],
    ['/nothing', 404, 'There is nothing here. Begin at /'],
    ['/%ff', 404, 'There is nothing here. Begin at /'],
  ])('%s is answered with %d and one sentence', async (path, status, sentence) => {
    const { fetch, exec } = await start();
    const response = await fetch(path);
    expect([response.status, await response.text()]).toEqual([status, `${sentence}\n`]);
    expect(exec.calls).toHaveLength(0);
  });

  test('is given to another scraper too while it is young, where the module says so, with its age', async () => {
    const module = { ...testModule, shareSeconds: 60 };
    const { fetch, exec } = await start({ snapshot: { modules: new Map([['node', module]]) } });
    const first = await (await fetch('/probe?target=fra-1')).text();
    const second = await (await fetch('/probe?target=fra-1')).text();
    expect(exec.calls).toHaveLength(1);
    expect(first).toContain('\nprobe_answer_age_seconds 0\n');
    expect(second).toMatch(/^probe_answer_age_seconds 0\.\d+$/m);
    expect(second.replace(/^probe_answer_age_seconds .*/m, '')).toBe(
      first.replace(/^probe_answer_age_seconds .*/m, ''),
    );
    expect(await (await fetch('/metrics')).text()).toContain('\npipefleet_probes_shared_total 1\n');
    // Whoever looks for a fault is not shown an old answer.
    await fetch('/probe?target=fra-1&debug=true');
    expect(exec.calls).toHaveLength(2);
  });

  test('is asked for again when it failed, whatever is shared', async () => {
    const module = { ...testModule, shareSeconds: 60 };
    const exec = fakeExec(() => ran('', { reason: 'connect', message: 'Refused.' }));
    const { fetch } = await start({ exec, snapshot: { modules: new Map([['node', module]]) } });
    await fetch('/probe?target=fra-1');
    await fetch('/probe?target=fra-1');
    expect(exec.calls).toHaveLength(2);
  });

  test('takes its deadline from the scraper, less the offset', async () => {
    const exec = fakeExec(
      (_command, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () =>
            resolve(ran('', { reason: 'command_timeout', message: 'Too slow.' })),
          );
        }),
    );
    const { fetch } = await start({ exec });
    const headers = { 'X-Prometheus-Scrape-Timeout-Seconds': '0.6' };
    const text = await (await fetch('/probe?target=fra-1', { headers })).text();
    expect(text).toContain('probe_failure_reason{reason="command_timeout"} 1');
  });

  test('is cancelled when the scraper hangs up', async () => {
    let cancelled: ((reason: string) => void) | undefined;
    const reason = new Promise<string>((resolve) => (cancelled = resolve));
    const exec = fakeExec(
      (_command, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            cancelled?.(abortReason(signal));
            resolve(ran('', { reason: 'cancelled' }));
          });
        }),
    );
    const { url } = await start({ exec });
    const request = httpGet(`${url}/probe?target=fra-1`);
    request.on('error', () => undefined);
    while (exec.calls.length === 0) await new Promise(setImmediate);
    request.destroy();
    expect(await reason).toBe('cancelled');
  });

  test('sheds what is too much with 503, Retry-After and a count', async () => {
    let end: (() => void) | undefined;
    const exec = fakeExec(
      () => new Promise((resolve) => (end = () => resolve(ran('', { reason: 'connect', message: 'x' })))),
    );
    const nodes = [testNode, { ...testNode, name: 'ams-1' }];
    const { fetch } = await start({
      exec,
      concurrentProbes: 1,
      snapshot: { inventory: buildInventory({ nodes, knownHosts: [] }) },
    });
    const first = fetch('/probe?target=fra-1');
    while (exec.calls.length === 0) await new Promise(setImmediate);
    const second = await fetch('/probe?target=ams-1');
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).toBe('5');
    end?.();
    expect((await first).status).toBe(200);
    expect(await (await fetch('/metrics')).text()).toContain('pipefleet_probes_rejected_total 1');
  });

  test('with debug=true says what was asked, what came back and what it would have answered, without secrets', async () => {
    const exec = fakeExec((command) =>
      ran(`${answerOf(command, { number: '7', words: 'a 1' })}{"service_key":"s3cret"}`, {
        stderr: '{"access_token":"s3cret"}',
      }),
    );
    const { fetch } = await start({ exec });
    const text = await (await fetch('/probe?target=fra-1&debug=true')).text();
    expect(text).toContain('fra-1 (pipefleet@192.0.2.7 port 22), module node: up, answered in');
    expect(text).toContain('exec /bin/sh -c');
    expect(text).toContain('"access_token":"[redacted]"');
    expect(text).toContain('"service_key":"[redacted]"');
    expect(text).not.toContain('s3cret');
    expect(text).toContain('── metrics ──\n# HELP probe_success');
  });
});

describe('/sd', () => {
  test('lists the nodes with the exporter as it was reached', async () => {
    const { fetch, url } = await start();
    const response = await fetch('/sd?module=node');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual([
      {
        targets: [url.replace('http://', '')],
        labels: {
          instance: 'fra-1',
          group: 'edge',
          region: 'eu',
          __metrics_path__: '/probe',
          __param_target: 'fra-1',
          __param_module: 'node',
        },
      },
    ]);
  });

  test('prefers the configured address', async () => {
    const { fetch } = await start({ snapshot: { externalAddress: 'pipefleet.example:10950' } });
    expect(await (await fetch('/sd')).json()).toMatchObject([{ targets: ['pipefleet.example:10950'] }]);
  });

  test('lists one part of the fleet for each of several exporters, every node once', async () => {
    const nodes = ['fra-1', 'nyc-1', 'sgp-1', 'tyo-1'].map((name) => ({ ...testNode, name }));
    const { fetch } = await start({ snapshot: { inventory: buildInventory({ nodes, knownHosts: [] }) } });
    const instances = async (shard: string): Promise<string[]> => {
      const groups = (await (await fetch(`/sd?shard=${shard}`)).json()) as { labels: { instance: string } }[];
      return groups.map(({ labels }) => labels.instance);
    };
    const parts = await Promise.all(['1/3', '2/3', '3/3'].map(instances));
    expect(parts.flat().sort()).toEqual(['fra-1', 'nyc-1', 'sgp-1', 'tyo-1']);
    expect(await instances('1/1')).toHaveLength(4);
    for (const wrong of ['shard=0/3', 'shard=4/3', 'shard=', 'shard=1/3&shard=2/3', 'shard=one']) {
      const response = await fetch(`/sd?${wrong}`);
      expect([response.status, await response.text()]).toEqual([
        400,
        'Say which part, from 1, of how many, once: shard=2/3.\n',
      ]);
    }
  });

  test('is an empty list for an empty fleet, and an error is not', async () => {
    const { fetch } = await start({ snapshot: { inventory: buildInventory({ nodes: [], knownHosts: [] }) } });
    expect(await (await fetch('/sd')).json()).toEqual([]);
    expect((await fetch('/sd?module=nope')).status).toBe(400);
  });
});

describe('the rest', () => {
  test('/metrics has the exporter itself and nothing of the nodes', async () => {
    const { fetch } = await start();
    await fetch('/probe?target=fra-1');
    const text = await (await fetch('/metrics')).text();
    expect(text).toContain('pipefleet_build_info{version="1.2.3"');
    expect(text).not.toContain('test_number');
    expect(text).not.toContain('probe_success');
  });

  test('/-/healthy and /-/ready', async () => {
    const { fetch } = await start({ ready: () => false });
    expect((await fetch('/-/healthy')).status).toBe(200);
    expect((await fetch('/-/ready')).status).toBe(503);
    expect((await (await start()).fetch('/-/ready')).status).toBe(200);
  });

  test('/-/reload is asked by POST and says why it did not', async () => {
    const { fetch } = await start({
      reload: () => Promise.reject(new PipefleetError('config_invalid', 'pipefleet.yml:3:5: no such key')),
    });
    expect((await fetch('/-/reload')).status).toBe(405);
    const response = await fetch('/-/reload', { method: 'POST' });
    expect([response.status, await response.text()]).toEqual([
      500,
      'The old configuration stays: pipefleet.yml:3:5: no such key\n',
    ]);
    expect((await (await start()).fetch('/-/reload', { method: 'POST' })).status).toBe(200);
  });

  test('the landing page and its JSON show what was seen, under a strict policy', async () => {
    const { fetch } = await start();
    await fetch('/probe?target=fra-1');
    const page = await fetch('/');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('fra-1');
    expect(await (await fetch('/fleet.json')).json()).toMatchObject({ counts: { total: 1, up: 1 } });
    const style = await fetch('/assets/landing.css');
    expect(style.headers.get('content-type')).toContain('text/css');
    expect((await fetch('/assets/../app.ts')).status).toBe(404);
  });

  test('a stop waits for the probe that runs, and not for connections that are merely open', async () => {
    let end: (() => void) | undefined;
    const exec = fakeExec(
      () => new Promise((resolve) => (end = () => resolve(ran('', { reason: 'connect' })))),
    );
    const { fetch, listener } = await start({ exec });
    const answer = fetch('/probe?target=fra-1');
    while (exec.calls.length === 0) await new Promise(setImmediate);
    const closed = listener.close(60);
    end?.();
    expect((await answer).status).toBe(200);
    await closed;
  });

  test('a port that is taken is one sentence', async () => {
    const { url } = await start();
    await expect(listen(() => undefined, '127.0.0.1', Number(new URL(url).port))).rejects.toThrow(
      /^Something listens at 127\.0\.0\.1:\d+ already; stop it or choose another address with --listen\.$/,
    );
  });
});
