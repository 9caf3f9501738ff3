import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { growthOf, LINEAR, secondsOf } from '../testing/growth.js';
import { audit } from './audit.js';
import type { Collector } from './collector.js';
import { pipeConfig } from './pipe-config.js';
import { pipeLog } from './pipe-log.js';
import { pipeTls } from './pipe-tls.js';
import { createFakeRoot, type FakeRoot } from './testing/fake-root.js';
import { askAll, SHELLS } from './testing/node.js';

/** A text of a length, made of a part that comes again and again between its beginning and its end. */
const of =
  (part: string, before = '', after = '') =>
  (size: number): string =>
    before + part.repeat(Math.max(0, (size - before.length - after.length) / part.length)) + after;

/** What makes a careless pattern of a shell, of sed or of awk begin again at every place. */
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

/** Prints what the shell and the programs that it has waited for have used. */
const cpu: Collector = {
  ...{ name: 'cpu', module: 'node', summary: '', metrics: {}, parse: () => [] },
  script: () => 'times',
};

describe.each(SHELLS)(
  'what an account of the node may write costs the node work in proportion, in %s',
  (shell) => {
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
        // A part that runs out of time is ended, and what it was doing is not counted.
        expect(sections.get('audit')?.output).not.toMatch(/ 124$/m);
        return secondsOf(sections.get('cpu')?.output ?? '');
      };
      // Of a configuration 64 KiB are read.
      expect(await growthOf(cost, 16_384)).toBeLessThan(LINEAR);
    });
  },
);
