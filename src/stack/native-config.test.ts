import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkoutFolder } from './checkout.js';
import { nativeConfig, type NativeConfigOptions } from './native-config.js';
import { run } from './run.js';
import { findTool } from './tools.js';

const PORTS = { pipefleet: 20_950, prometheus: 20_090, alertmanager: 20_093 };

function native(text: string, options: Partial<NativeConfigOptions> = {}): string {
  return nativeConfig(text, { ports: PORTS, folder: '/bundle', ...options });
}

describe('a configuration of the bundle, on this machine', () => {
  test('has the addresses in use, and no others are touched', () => {
    const text = `# pipefleet:10950 is explained here
url: http://pipefleet:10950/sd?module=node
targets: ['prometheus:9090', "alertmanager:9093", 'pipefleet:109501', 'other:9090', '']
`;
    expect(native(text)).toBe(`# pipefleet:10950 is explained here
url: http://127.0.0.1:20950/sd?module=node
targets: [ '127.0.0.1:20090', "127.0.0.1:20093", 'pipefleet:109501', 'other:9090', '' ]
`);
  });

  test('has absolute paths', () => {
    expect(
      parse(native('rule_files: [rules/*.yml, /etc/more.yml]\ntemplates:\n  - templates/*.tmpl\n')),
    ).toEqual({
      rule_files: ['/bundle/rules/*.yml', '/etc/more.yml'],
      templates: ['/bundle/templates/*.tmpl'],
    });
  });

  test('scrapes as often as asked, and never slower intervals become faster than that', () => {
    const text = 'global: { scrape_interval: 1m, scrape_timeout: 10s, evaluation_interval: 500ms }\n';
    expect(parse(native(text, { intervalSeconds: 5 }))).toEqual({
      global: { scrape_interval: '5s', scrape_timeout: '5s', evaluation_interval: '500ms' },
    });
    expect(parse(native(text))).toEqual(parse(text));
  });

  test('is refused in one sentence when it is not YAML', () => {
    expect(() => native('a: [')).toThrow(/^A configuration in \/bundle is not YAML: /);
  });
});

describe("the bundle's own files", () => {
  const folderOf = (name: string): string => join(checkoutFolder(), name);

  test.each([
    ['prometheus', 'promtool', ['check', 'config']],
    ['alertmanager', 'amtool', ['check-config']],
  ] as const)(
    '%s.yml is still accepted by %s, and names no service of the containers',
    async (name, tool, words) => {
      const text = readFileSync(join(folderOf(name), `${name}.yml`), 'utf8');
      const rewritten = native(text, { folder: folderOf(name), intervalSeconds: 5 });
      const scratch = mkdtempSync(join(tmpdir(), 'pipefleet-native-'));
      try {
        writeFileSync(join(scratch, 'config.yml'), rewritten);
        const result = await run(await findTool(tool), [...words, join(scratch, 'config.yml')]);
        expect(result.stdout).toContain('SUCCESS');
        expect(result.code).toBe(0);
      } finally {
        rmSync(scratch, { recursive: true });
      }
      expect(JSON.stringify(parse(rewritten))).not.toMatch(/(?:pipefleet|prometheus|alertmanager):\d/);
    },
  );
});
