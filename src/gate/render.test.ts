import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildBatch } from '../collectors/batch.js';
import { MODULES } from '../collectors/collector.js';
import { COLLECTORS } from '../collectors/registry.js';
import { SHELLS } from '../collectors/testing/node.js';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { gateOf, monitorRequest, parseHello, refusalOf, SERVE_REQUEST } from './protocol.js';
import { gateDigest } from './gates.js';
import { renderGate } from './render.js';
import { VERBS } from './registry.js';
import { createGateFile, type GateFile } from './testing/gate-file.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';

/** Modules that say what ran. */
const STUBS = new Map([
  ...['node', 'a.b'].map((name) => [name, { body: `echo "ran ${name} [$*] [$T]"\n` }] as const),
  ['limit', { body: 'echo "virtual $(ulimit -S -v)"\n' }],
]);

/** The only requests that the gate of these modules lets a key of the purpose monitor make. */
const TAKEN = /^pipefleet-gate (?:hello|serve|monitor (?:node|a\.b|limit) [0-9a-f]{32})$/;

describe('the text of a gate', () => {
  const text = renderGate({ version: '1.2.3', modules: STUBS });
  const [head = ''] = text.split('\n# =====');

  test('is the same for the same parts, and another for others', () => {
    expect(renderGate({ version: '1.2.3', modules: new Map(STUBS) })).toBe(text);
    expect(renderGate({ version: '1.2.4', modules: STUBS })).not.toBe(text);
  });

  test('has a head that is read in two minutes, and names every verb', () => {
    expect(head.split('\n').length).toBeLessThanOrEqual(100);
    for (const line of head.split('\n')) expect(line.length).toBeLessThanOrEqual(150);
    for (const { name } of VERBS) expect(head).toContain(`#   pipefleet-gate ${name}`);
  });

  test('evaluates nothing', () => {
    const code = head.replaceAll(/^#.*$/gm, '');
    expect(code).not.toMatch(/\beval\b|`|\bsh -c\b|\bsource\b|^\s*\. /m);
    // The words of a request stand in quotes or patterns, but where they are split, which is under set -f.
    expect(code.match(/\$request\b/g)?.length).toBe(5);
    expect(code).toContain('set -- $request');
  });

  test.each(['dash', 'bash'])('is a script that %s can read', (shell) => {
    const modules = new Map(
      MODULES.map((name) => [
        name,
        buildBatch(
          COLLECTORS.filter(({ module }) => module === name),
          DEFAULT_SOFTWARE,
        ),
      ]),
    );
    execFileSync(shell, ['-n'], { input: renderGate({ version: '1.2.3', modules }) });
  });
});

describe.each(SHELLS)('a gate under %s', (shell) => {
  let gate: GateFile;
  beforeAll(async () => {
    gate = await createGateFile(STUBS, shell);
  });
  afterAll(() => gate.remove());

  test('runs what a module is made of', () => {
    const { status, stdout, stderr } = gate.run('monitor', monitorRequest('node', TOKEN));
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^@(\w+) gate 1\.2\.3 [0-9a-f]{16}\n@\1 is (\w{32})\nran node \[.*\] \[\2\]\n@\2 done\n$/,
    );
    expect(gateOf(stdout, TOKEN)?.version).toBe('1.2.3');
    expect(gate.run('monitor', monitorRequest('a.b', TOKEN)).stdout).toContain('\nran a.b ');
  });

  test.each([
    ['monitor', ['hello', 'serve', 'monitor']],
    ['operate', ['hello', 'service']],
    ['update', ['hello']],
    ['backup', ['hello']],
  ])('says to a key of the purpose %s what it can do', (purpose, verbs) => {
    expect(parseHello(gate.run(purpose, 'pipefleet-gate hello').stdout)).toEqual({
      ...{ version: '1.2.3', purpose, modules: ['node', 'a.b', 'limit'] },
      verbs: expect.arrayContaining(verbs),
      digest: gateDigest(execFileSync('cat', [gate.path], { encoding: 'utf8' })),
    });
  });

  test.each([
    ['nothing', 'monitor', undefined],
    ['an empty request', 'monitor', ''],
    ['blanks', 'monitor', '   '],
    ['its name alone', 'monitor', 'pipefleet-gate'],
    ['no verb', 'monitor', 'pipefleet-gate '],
    ['another program', 'monitor', 'id'],
    ['a path to itself', 'monitor', `/usr/local/lib/pipefleet/gate hello`],
    ['an unknown verb', 'monitor', 'pipefleet-gate shell'],
    ['a verb in capitals', 'monitor', 'pipefleet-gate HELLO'],
    ['too many words', 'monitor', 'pipefleet-gate hello there'],
    ['too few words', 'monitor', 'pipefleet-gate monitor node'],
    ['two blanks', 'monitor', `pipefleet-gate  monitor node ${TOKEN}`],
    ['a blank at the end', 'monitor', `pipefleet-gate monitor node ${TOKEN} `],
    ['a blank at the beginning', 'monitor', ' pipefleet-gate hello'],
    ['a tab', 'monitor', 'pipefleet-gate\thello'],
    ['a line break', 'monitor', 'pipefleet-gate hello\nid'],
    ['a carriage return', 'monitor', 'pipefleet-gate hello\r'],
    ['a token in capitals', 'monitor', monitorRequest('node', TOKEN.toUpperCase())],
    ['a short token', 'monitor', monitorRequest('node', TOKEN.slice(1))],
    ['a long token', 'monitor', monitorRequest('node', `${TOKEN}0`)],
    ['an option for a token', 'monitor', monitorRequest('node', '-'.repeat(32))],
    ['an unknown module', 'monitor', monitorRequest('nodes', TOKEN)],
    ['a pattern for a module', 'monitor', monitorRequest('*', TOKEN)],
    ['a module that a pattern of it would match', 'monitor', monitorRequest('aXb', TOKEN)],
    ['an option for a module', 'monitor', monitorRequest('-n', TOKEN)],
    ['umlauts', 'monitor', 'pipefleet-gate hellö'],
    ['bytes that are no UTF-8', 'monitor', 'pipefleet-gate hello\u0080'],
    ['a command in it', 'monitor', 'pipefleet-gate $(id)'],
    ['a command after it', 'monitor', 'pipefleet-gate hello;id'],
    ['a long request', 'monitor', `pipefleet-gate ${'a'.repeat(100_000)}`],
    ['a verb of another purpose', 'monitor', 'pipefleet-gate service start popcache.service'],
    ['to monitor with the key of another purpose', 'operate', monitorRequest('node', TOKEN)],
    ['an unknown action', 'operate', 'pipefleet-gate service mask popcache.service'],
    ['a unit of something else', 'operate', 'pipefleet-gate service restart ssh.service'],
    ['an option for a unit', 'operate', 'pipefleet-gate service restart --root'],
    ['a unit without a name', 'operate', 'pipefleet-gate service restart .service'],
    ['all with an unknown purpose', 'root', 'pipefleet-gate hello'],
    ['all without a purpose', '', 'pipefleet-gate hello'],
  ])('refuses %s', (_, purpose, request) => {
    const answer = gate.run(purpose, request);
    expect(answer).toMatchObject({ status: 126, stdout: '' });
    expect(answer.stderr).toMatch(/^pipefleet-gate: refused: [^\n]+\n$/);
    expect(refusalOf({ exitCode: answer.status ?? undefined, stderr: answer.stderr })).toBeDefined();
  });

  test('answers what follows, one request a line, each as if it had come alone', () => {
    const requests = [
      monitorRequest('node', TOKEN),
      'pipefleet-gate hello',
      'id; $(id) `id`',
      SERVE_REQUEST,
      '',
    ];
    const served = gate.run('monitor', SERVE_REQUEST, {}, requests.map((line) => `${line}\n`).join(''));
    const alone = requests.map((request) => gate.run('monitor', request));
    const endings = [TOKEN, 'hello', '`id`', 'serve', ''];
    const expected = alone.map(
      ({ stdout, status }, at) => `${stdout}\n@${endings[at] ?? ''} over ${status ?? ''}\n`,
    );
    const withoutDrawn = (text: string): string => text.replaceAll(/[0-9a-f]{32}/g, 'TOKEN');
    expect(withoutDrawn(served.stdout)).toBe(withoutDrawn(expected.join('')));
    expect(served.stderr).toBe(alone.map(({ stderr }) => stderr).join(''));
    expect([served.status, alone[2]?.status]).toEqual([0, 126]);
  });

  test('has bounds of its own while it waits for a line, and gives none of them to what it runs', () => {
    const limit = gate.run('monitor', monitorRequest('limit', TOKEN)).stdout;
    const served = gate.run('monitor', SERVE_REQUEST, {}, `${monitorRequest('limit', TOKEN)}\n`).stdout;
    expect(/^virtual .*$/m.exec(served)?.[0]).toBe(/^virtual .*$/m.exec(limit)?.[0]);
    expect(gate.text).toMatch(/^ulimit -S -v \d+\nwhile IFS= read -r request; do$/m);
  });

  test('ends when it can read no further line, and leaves out one that has no end', () => {
    expect(gate.run('monitor', SERVE_REQUEST)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(gate.run('monitor', SERVE_REQUEST, {}, 'pipefleet-gate hello').stdout).toBe('');
  });

  test('says to renew it when it does not have a module', () => {
    expect(gate.run('monitor', monitorRequest('new', TOKEN)).stderr).toContain('pipefleet nodes setup');
  });

  test('never runs anything but what the table has, whatever is asked', () => {
    const part = fc.constantFrom(
      ...[
        'pipefleet-gate',
        'monitor',
        'node',
        'a.b',
        'hello',
        'service',
        TOKEN,
        ' ',
        ';',
        '|',
        '&',
        '$(id)',
        '`id`',
      ],
      ...[
        '\n',
        '\t',
        "'",
        '"',
        '*',
        '../',
        '-',
        '--',
        '>x',
        '<',
        '\\',
        '(',
        ')',
        '{',
        '}',
        '#',
        '~',
        '!',
        '%s',
        'é',
      ],
    );
    const request = fc.oneof(
      { weight: 3, arbitrary: fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')) },
      { weight: 3, arbitrary: fc.array(part, { maxLength: 6 }).map((parts) => parts.join(' ')) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    );
    fc.assert(
      fc.property(request, (text) => {
        fc.pre(!text.includes('\0'));
        const { status, stdout } = gate.run('monitor', text);
        if (TAKEN.test(text)) expect(status).toBe(0);
        else expect([status, stdout]).toEqual([126, '']);
      }),
      { numRuns: 250 },
    );
  });

  test.each([
    ['start-up files', { ENV: 'evil', BASH_ENV: 'evil' }],
    ['options of Perl', { PERL5OPT: '-Mevil', PERL5LIB: '.' }],
    ['another PATH, and another way of splitting', { PATH: '.', IFS: 'pg' }],
    [
      'a function of bash',
      { 'BASH_FUNC_printf%%': '() { echo evil; }', 'BASH_FUNC_case%%': '() { echo evil; }' },
    ],
    [
      'what the gate sets itself',
      { version: '9', purpose: 'operate', request: 'x', name: 'x', line: 'x', T: 'x' },
    ],
    ['the marks of a shell', { BASH_VERSION: '5', BASH: '/evil', OPTIND: '7', PS4: '$(echo evil >&2)' }],
    ['a locale, and a home', { LC_ALL: 'de_DE.UTF-8', LANG: 'tr_TR', HOME: '/evil', TMPDIR: '/evil' }],
    [
      'lines that look like those of export',
      { A: "x'\nexport PATH='evil", Z: 'x\nexport SSH_ORIGINAL_COMMAND=x' },
    ],
  ])('is not moved by an environment with %s', (_, environment) => {
    writeFileSync(join(gate.folder, 'evil'), 'echo evil\n', { mode: 0o755 });
    const asked = monitorRequest('node', TOKEN);
    const answer = gate.run('monitor', asked, environment);
    expect(answer.status).toBe(0);
    expect(answer.stdout).toContain(`@${TOKEN} gate 1.2.3 `);
    // A bash complains of what it does not take over, before it reads the gate.
    expect(`${answer.stdout}${answer.stderr}`).not.toMatch(/^evil$/m);
    expect(gate.run('monitor', 'id', environment as Record<string, string>).status).toBe(126);
  });

  test('hands nothing of the environment on', async () => {
    const body = 'env\n';
    const printing = await createGateFile(new Map([['node', { body }]]), shell);
    const { stdout } = printing.run('monitor', monitorRequest('node', TOKEN), {
      ...{ LD_DEBUG_OUTPUT: '/x', HOME: '/evil', http_proxy: 'x', DF_BLOCK_SIZE: '7', 'not-a-name': 'x' },
      SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22',
    });
    printing.remove();
    const names = [...stdout.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    expect(names.filter((name) => !/^(?:PWD|OLDPWD|SHLVL|_)$/.test(name ?? '')).sort()).toEqual([
      'HOME',
      'LC_ALL',
      'PATH',
      'T',
      'TZ',
    ]);
  });
});

describe('the log of the system', () => {
  let gate: GateFile;
  beforeAll(async () => {
    gate = await createGateFile(STUBS);
  });
  afterAll(() => gate.remove());

  /** Entries are written while nobody waits for them. */
  async function logged(text: string): Promise<void> {
    while (!gate.log().includes(text)) await sleep(5);
  }

  test('gets what was refused, made harmless and cut', async () => {
    const connection = { SSH_CONNECTION: '192.0.2.7 4711 192.0.2.1 22' };
    gate.run('monitor', `rm -rf /\n\u001B[31m$(id) ${'x'.repeat(5000)} end`, connection);
    await logged('rm -rf');
    expect(gate.log()).toMatch(
      /^-t pipefleet-gate -p auth\.warning: refused, key monitor, from 192\.0\.2\.7: rm -rf \/\?\?\?31m\?\?id\? x{100,}\n$/,
    );
    expect(gate.log().length).toBeLessThan(400);
  });

  test('gets what keys of other purposes than monitor asked for', async () => {
    gate.run('operate', 'pipefleet-gate hello');
    await logged('accepted');
    expect(gate.log()).toContain('auth.notice: accepted, key operate, from : pipefleet-gate hello\n');
    const before = gate.log();
    gate.run('monitor', 'pipefleet-gate hello');
    gate.run('monitor', 'last');
    await logged('last');
    expect(gate.log().slice(before.length).split('\n')).toHaveLength(2);
  });

  test('that hangs, fails or is not there holds nothing up', () => {
    const logger = join(gate.folder, 'logger');
    for (const text of ['#!/bin/sh\nexec sleep 5\n', '#!/bin/sh\nexit 1\n', '#!/nowhere\n']) {
      writeFileSync(logger, text, { mode: 0o755 });
      expect(gate.run('monitor', 'id').status).toBe(126);
      expect(gate.run('operate', 'pipefleet-gate hello').status).toBe(0);
    }
    expect(existsSync(join(gate.folder, 'x'))).toBe(false);
  });
});
