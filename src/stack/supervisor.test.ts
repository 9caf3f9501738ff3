import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPortBroker } from './ports.js';
import { createSupervisor, type Service, type Supervisor } from './supervisor.js';

/** Listens, and ends by itself when it is asked for /end. */
const SERVER = `
const server = require('node:http').createServer((request, response) => {
  response.end('ready');
  if (request.url === '/end') { console.error('I have had enough.'); process.exit(3); }
});
server.listen(Number(process.argv[1]), '127.0.0.1', () => console.log('listening'));
`;
/** The same, but does not end when it is asked to. */
const STUBBORN = `process.on('SIGTERM', () => console.log('no')); ${SERVER}`;

let folder = '';
let supervisor: Supervisor;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-supervisor-'));
  supervisor = createSupervisor(500);
});
afterEach(async () => {
  await supervisor.stop();
  rmSync(folder, { recursive: true });
});

async function service(name: string, script: string): Promise<Service> {
  const port = await createPortBroker(() => undefined).take(20_000, name);
  return {
    readyUrl: `http://127.0.0.1:${port}/`,
    spec: {
      name,
      program: process.execPath,
      args: ['-e', script, String(port)],
      folder,
      logPath: join(folder, `${name}.log`),
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

describe('the supervisor', () => {
  test('starts a service, waits for it, writes its log and ends it', async () => {
    const one = await service('one', SERVER);
    await supervisor.start(one);
    await expect(answers(one.readyUrl)).resolves.toBe(true);
    await supervisor.stop();
    await expect(answers(one.readyUrl)).resolves.toBe(false);
    expect(readFileSync(one.spec.logPath, 'utf8')).toMatch(/listening\n$/);
  });

  test('ends a service by force when asking does not help', async () => {
    const one = await service('stubborn', STUBBORN);
    await supervisor.start(one);
    await supervisor.stop();
    await expect(answers(one.readyUrl)).resolves.toBe(false);
    expect(readFileSync(one.spec.logPath, 'utf8')).toMatch(/listening\nno\n$/);
  });

  test('reports a service that ends by itself, with its last words', async () => {
    const one = await service('quitter', SERVER);
    await supervisor.start(one);
    await answers(`${one.readyUrl}end`);
    const failure = await supervisor.failed;
    expect(failure.message).toMatch(/^quitter ended with status 3; its log is .+, and ends with:\n/);
    expect(failure.message).toMatch(/\n {2}\| listening\n {2}\| I have had enough\.$/);
  });

  test('reports a service that ends before it is ready', async () => {
    const one = await service('broken', 'console.error("bad flag"); process.exit(2)');
    await expect(supervisor.start(one)).rejects.toThrow(/^broken ended with status 2;[^]*\n {2}\| bad flag$/);
  });

  test('reports a program that does not exist, with what setpriv or the system says of it', async () => {
    const one = await service('absent', '');
    const absent = { ...one, spec: { ...one.spec, program: join(folder, 'no-such-program') } };
    await expect(supervisor.start(absent)).rejects.toThrow(
      /^absent (?:ended with status 127; [^]*no-such-program: No such file|could not be started \(no-such-program: .*ENOENT)/,
    );
  });

  test('starts nothing once it has been stopped', async () => {
    await supervisor.stop();
    const one = await service('late', SERVER);
    await expect(supervisor.start(one)).rejects.toThrow('late was not started: everything is being stopped.');
    await expect(answers(one.readyUrl)).resolves.toBe(false);
  });
});
