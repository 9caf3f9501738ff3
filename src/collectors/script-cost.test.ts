import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { growthOf, LINEAR, secondsOf } from '../testing/program-cost.js';
import { audit } from './audit.js';
import type { Collector } from './collector.js';
import { pipeConfig } from './pipe-config.js';
import { pipeLog } from './pipe-log.js';
import { pipeTls } from './pipe-tls.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { askAll, SHELLS } from './testing/node.js';

/** A text of a given size: a part repeated between a beginning and an end. */
const of =
  (part: string, before = '', after = '') =>
  (size: number): string =>
    before + part.repeat(Math.max(0, (size - before.length - after.length) / part.length)) + after;

/** Texts that make a careless pattern of a shell, sed or awk backtrack. */
const HOSTILE: readonly (readonly [string, (size: number) => string])[] = [
  ['line breaks', of('\n')],
  ['blanks', of(' ', 'A=b', 'x\n')],
  ['one letter', of('x')],
  ['quotes', of('"')],
  ['settings without an end', of(' \t', 'A=')],
  ['JSON with blanks in it', of(' ', '"a":y', 'x')],
  ['JSON of many settings', of('"port": 1,')],
  ['paths of a cache', of('disk_cache_path')],
  ['addresses that may come', of('*,', ',from="')],
  ['many limits of a key', of('from="*,",')],
  ['escaped quotes', of('\\"', 'from="')],
  ['the end of a certificate', of('NotAfter: GMT', '   v:NotBefore: ', '\n-----BEGIN CERTIFICATE-----\n')],
  ['beginnings of certificates', of('NotAfter: GMT-----BEGIN ')],
  ['errors', of('memory allocation of 1')],
];

/** Prints the CPU time of the shell and of the programs that it has waited for. */
const cpu: Collector = {
  ...{ name: 'cpu', module: 'node', summary: '', metrics: {}, parse: () => [] },
  script: () => 'times',
};

describe.each(SHELLS)('scripts take CPU time linear in what other accounts control, under %s', (shell) => {
  let root: FakeRoot;
  beforeEach(() => {
    root = createFakeRoot();
    root.write('/etc/passwd', `operator:x:1000:1000::${root.path}/home/operator:/bin/sh\n`);
    root.write('/etc/group');
    root.program('openssl', `[ "$1" = x509 ] || cat ${root.at('/opt/answer')}`);
  });
  afterEach(() => root.remove());

  test.each(HOSTILE)('%s', async (_, text) => {
    const cost = async (size: number): Promise<number> => {
      for (const path of [
        ...['/opt/pipe/.env', '/opt/popcache/config.json', '/opt/popcache/logs/stdout.log', '/opt/answer'],
        '/home/operator/.ssh/authorized_keys',
      ]) {
        root.write(path, text(size));
      }
      const { complete, sections } = await askAll([pipeConfig, pipeLog, pipeTls, audit, cpu], {
        shell,
        root,
      });
      expect(complete).toBe(true);
      // The CPU time of a part that is killed at its time limit is not counted.
      expect(sections.get('audit')?.output).not.toMatch(/ 124$/m);
      return secondsOf(sections.get('cpu')?.output ?? '');
    };
    // Scripts read 64 KiB of a configuration.
    expect(await growthOf(cost, 16_384)).toBeLessThan(LINEAR);
  });
});
