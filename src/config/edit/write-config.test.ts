import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { run } from '../../stack/run.js';
import { addNodes } from './nodes.js';
import { addCredential } from './sections.js';
import { planConfigChange, updateConfigFile, type ConfigEdit } from './write-config.js';

const OPTIONS = { collectors: [], environment: {} };
const TEXT = `credentials:
  main: { user: pipefleet, key_file: keys/monitor }
nodes:
  - { name: a, host: a.example.net }
`;

const add =
  (name: string): ConfigEdit =>
  (text) =>
    addNodes(text, [{ name, host: `${name}.example.net` }]);

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-edit-'));
  path = join(folder, 'pipefleet.yml');
  writeFileSync(path, TEXT);
});
afterEach(() => rmSync(folder, { recursive: true }));

const content = (): string => readFileSync(path, 'utf8');

async function failure(update: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await update.catch((thrown: unknown) => thrown);
  const { code, message } = error as { code: string; message: string };
  return { code, message: message.replaceAll(`${folder}/`, '').replaceAll(folder, 'FOLDER') };
}

describe('a change of the file', () => {
  test('is written, and gives the text before and after', async () => {
    const after = `${TEXT}  - { name: b, host: b.example.net }\n`;
    await expect(updateConfigFile(path, add('b'), OPTIONS)).resolves.toEqual({ before: TEXT, after });
    expect(content()).toBe(after);
    expect(readdirSync(folder)).toEqual(['pipefleet.yml']);
  });

  test('can be planned without writing', async () => {
    const { after } = await planConfigChange(path, add('b'), OPTIONS);
    expect(after).toContain('name: b');
    expect(content()).toBe(TEXT);
  });

  test('keeps mode and owner, the byte order mark, and a link', async () => {
    const link = join(folder, 'link.yml');
    symlinkSync('pipefleet.yml', link);
    writeFileSync(path, `\uFEFF${TEXT}`);
    chmodSync(path, 0o640);
    const { before } = await updateConfigFile(link, add('b'), OPTIONS);
    expect(before).toBe(TEXT);
    expect(content()).toMatch(/^\uFEFFcredentials:[^]*name: b/);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(statSync(path).uid).toBe(process.getuid?.());
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test('that changes nothing writes nothing', async () => {
    const { ino } = statSync(path);
    await updateConfigFile(path, (text) => text, OPTIONS);
    expect(statSync(path).ino).toBe(ino);
  });

  test('waits for others, so that none is lost', async () => {
    const names = ['b', 'c', 'd', 'e', 'f'];
    await Promise.all(names.map((name) => updateConfigFile(path, add(name), OPTIONS)));
    for (const name of names) expect(content()).toContain(`name: ${name},`);
    expect(readdirSync(folder)).toEqual(['pipefleet.yml']);
  });

  test('takes the lock of a process over that is gone', async () => {
    const { stdout: pid } = await run('sh', ['-c', 'printf %s $$']);
    symlinkSync(pid, `${path}.lock`);
    await updateConfigFile(path, add('b'), OPTIONS);
    expect(readdirSync(folder)).toEqual(['pipefleet.yml']);
  });
});

describe('a file that is not there', () => {
  test('is begun when that is wished', async () => {
    rmSync(path);
    const begin: ConfigEdit = (text) =>
      add('a')(addCredential(text, 'main', { user: 'pipefleet', key_file: 'k' }));
    expect(await failure(updateConfigFile(path, begin, OPTIONS))).toMatchObject({
      code: 'config_unreadable',
    });
    const { before } = await updateConfigFile(path, begin, { ...OPTIONS, create: true });
    expect(before).toBe('');
    expect(content()).toBe(
      'credentials:\n  main:\n    user: pipefleet\n    key_file: k\n\nnodes:\n  - name: a\n    host: a.example.net\n',
    );
    expect(statSync(path).mode & 0o777 & ~0o644).toBe(0);
  });

  test('needs a folder, and no link that leads to nothing', async () => {
    const create = { ...OPTIONS, create: true };
    expect(await failure(updateConfigFile(join(folder, 'none/x.yml'), add('b'), create))).toEqual({
      code: 'operation_failed',
      message: 'none is not a folder that exists; make it first',
    });
    symlinkSync('nothing.yml', join(folder, 'link.yml'));
    expect(await failure(updateConfigFile(join(folder, 'link.yml'), add('b'), create))).toEqual({
      code: 'config_unreadable',
      message: 'link.yml is a link to a file that does not exist; make that file first, or remove the link',
    });
  });
});

describe('nothing is written', () => {
  afterEach(() => expect(readdirSync(folder)).toEqual(['pipefleet.yml']));

  test('that would be wrong', async () => {
    expect(await failure(updateConfigFile(path, add('a'), OPTIONS))).toEqual({
      code: 'config_invalid',
      message: [
        'pipefleet.yml was left as it is, since this change would make it wrong:',
        'pipefleet.yml:5:13: "name" is the name of the node in line 4 already; make it unique',
      ].join('\n'),
    });
    expect(content()).toBe(TEXT);
  });

  test('while the file itself is wrong, whose own problems are told', async () => {
    writeFileSync(path, `${TEXT}listn: x\n`);
    const problem = 'pipefleet.yml:5:1: "listn" is not a known key; did you mean "listen"?';
    expect(await failure(updateConfigFile(path, add('b'), OPTIONS))).toEqual({
      code: 'config_invalid',
      message: problem,
    });
    writeFileSync(path, 'nodes: [\n');
    expect(await failure(planConfigChange(path, add('b'), OPTIONS))).toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/^pipefleet\.yml:2:1: a "\["/),
    });
  });

  test('of bytes that are no UTF-8, which would be lost', async () => {
    const bytes = Buffer.concat([Buffer.from(TEXT), Buffer.from([0x23, 0x20, 0xe9, 0xff, 0x0a])]);
    writeFileSync(path, bytes);
    expect(await failure(updateConfigFile(path, add('b'), OPTIONS))).toEqual({
      code: 'config_unreadable',
      message: 'pipefleet.yml is not UTF-8 text; save it as UTF-8',
    });
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  test('over the change of somebody else', async () => {
    const rude: ConfigEdit = (text) => {
      writeFileSync(path, `${TEXT}# theirs\n`);
      return add('b')(text);
    };
    expect(await failure(updateConfigFile(path, rude, OPTIONS))).toEqual({
      code: 'operation_failed',
      message: 'pipefleet.yml was changed by somebody else meanwhile; run it again',
    });
    expect(content()).toBe(`${TEXT}# theirs\n`);
  });

  test('while another process holds the lock', async () => {
    symlinkSync(String(process.pid), `${path}.lock`);
    expect(await failure(updateConfigFile(path, add('b'), { ...OPTIONS, waitSeconds: 0 }))).toEqual({
      code: 'operation_failed',
      message:
        'pipefleet.yml is being changed by another pipefleet; run it again when that one has ended (pipefleet.yml.lock)',
    });
    rmSync(`${path}.lock`);
  });
});
