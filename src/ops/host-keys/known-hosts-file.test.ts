import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import ssh2, { type ParsedKey } from 'ssh2';
import { PipefleetError } from '../../core/errors.js';
import { makeKeyPair } from '../../ssh/key-pair.js';
import { addHostKey, removeHostKeys, replaceHostKey } from '../../ssh/known-hosts-edit.js';
import { editKnownHosts, type KnownHostsEdit } from './known-hosts-file.js';

const newKey = (): Buffer => (ssh2.utils.parseKey(makeKeyPair().publicKey) as ParsedKey).getPublicSSH();
const [OLD, NEW] = [newKey(), newKey()];
const NOTE = '2026-11-25T02:15:36Z by pipefleet nodes rekey fra-1';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-known-hosts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const replace = (path: string): KnownHostsEdit => ({
  path,
  create: true,
  edit: (text) => replaceHostKey(text, 'fra-1', 22, NEW, NOTE),
});
const remove = (path: string): KnownHostsEdit => ({
  path,
  create: false,
  edit: (text) => removeHostKeys(text, 'fra-1', 22),
});
const withOld = addHostKey('', 'fra-1', 22, OLD);

describe('a known_hosts file', () => {
  test('that is not there begins closed to others, or is passed over', async () => {
    await editKnownHosts([replace(at('new/known_hosts')), remove(at('none'))]);
    expect(readFileSync(at('new/known_hosts'), 'utf8')).toBe(addHostKey('', 'fra-1', 22, NEW));
    expect(statSync(at('new/known_hosts')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['new']);
    expect(readdirSync(at('new'))).toEqual(['known_hosts']);
  });

  test('that is a link stays one, and what it leads to changes, with its mode', async () => {
    mkdirSync(at('shared'));
    writeFileSync(at('shared/hosts'), withOld);
    chmodSync(at('shared/hosts'), 0o640);
    symlinkSync('shared/hosts', at('known_hosts'));
    await editKnownHosts([replace(at('known_hosts'))]);
    expect(readlinkSync(at('known_hosts'))).toBe('shared/hosts');
    expect(lstatSync(at('shared/hosts')).isFile()).toBe(true);
    expect(statSync(at('shared/hosts')).mode & 0o777).toBe(0o640);
    expect(readFileSync(at('shared/hosts'), 'utf8')).toContain(NEW.toString('base64'));
  });

  test('that is a link to nothing is left alone, with the way to mend it', async () => {
    symlinkSync('gone', at('known_hosts'));
    await expect(editKnownHosts([replace(at('known_hosts'))])).rejects.toThrow(
      new PipefleetError(
        'operation_failed',
        `The known_hosts file ${at('known_hosts')} is a link to a file that does not exist; make that file first, or remove the link.`,
      ),
    );
    expect(readlinkSync(at('known_hosts'))).toBe('gone');
  });

  test('keeps bytes that are no UTF-8 as they are', async () => {
    const comment = Buffer.from([0x23, 0x20, 0xe9, 0xff, 0xc3, 0x28, 0x0a]);
    writeFileSync(at('known_hosts'), Buffer.concat([comment, Buffer.from(withOld)]));
    await editKnownHosts([replace(at('known_hosts'))]);
    const after = readFileSync(at('known_hosts'));
    expect(after.subarray(0, comment.length).equals(comment)).toBe(true);
    expect(after.includes('\uFFFD')).toBe(false);
    expect(after.includes(NEW.toString('base64'))).toBe(true);
  });
});

describe('several known_hosts files', () => {
  test('change together', async () => {
    writeFileSync(at('one'), withOld);
    writeFileSync(at('two'), withOld);
    await editKnownHosts([replace(at('one')), remove(at('two'))]);
    expect(readFileSync(at('one'), 'utf8')).toMatch(/^# replaced .*\nfra-1 /);
    expect(readFileSync(at('two'), 'utf8')).toBe('');
  });

  test('stay as they are when a later one cannot lose the host by itself', async () => {
    writeFileSync(at('one'), withOld);
    const wildcard = withOld.replace('fra-1', 'fra-*');
    writeFileSync(at('two'), wildcard);
    await expect(editKnownHosts([replace(at('one')), remove(at('two'))])).rejects.toThrow('with a wildcard');
    expect([readFileSync(at('one'), 'utf8'), readFileSync(at('two'), 'utf8')]).toEqual([withOld, wildcard]);
  });

  test('stay as they are when a later one cannot be written, one that was begun among them', async () => {
    writeFileSync(at('two'), withOld);
    mkdirSync(at('folder'));
    writeFileSync(at('folder/three'), withOld);
    // What the new content is written to first cannot be made, whoever asks.
    mkdirSync(at('folder/.three.tmp/in-the-way'), { recursive: true });
    const edits = [replace(at('begun')), remove(at('two')), remove(at('folder/three'))];
    await expect(editKnownHosts(edits)).rejects.toThrow(
      /^The known_hosts file .*three cannot be changed \(.+\); nothing was changed\.$/,
    );
    expect(readFileSync(at('two'), 'utf8')).toBe(withOld);
    expect(readFileSync(at('folder/three'), 'utf8')).toBe(withOld);
    expect(readdirSync(folder).sort()).toEqual(['folder', 'two']);
  });

  test('that are one file by two names change once', async () => {
    writeFileSync(at('one'), withOld);
    symlinkSync('one', at('two'));
    await editKnownHosts([remove(at('one')), replace(at('two'))]);
    expect(readFileSync(at('one'), 'utf8')).toBe(addHostKey('', 'fra-1', 22, NEW));
  });
});
