import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { endRotation, nextKeyFile, rotationPhase, swapKeys } from './rotation.js';

let folder: string;
let key: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipefleet-rotation-'));
  key = join(folder, 'monitor');
  write('monitor', 'first');
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
  writeFileSync(join(folder, `${name}.pub`), `${content} public`);
}

const files = (): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

describe('the rotation of a key', () => {
  test('goes from idle over spreading and retiring to idle', async () => {
    expect(await rotationPhase(key)).toBe('idle');
    write('monitor.next', 'second');
    expect(await rotationPhase(key)).toBe('spreading');
    await swapKeys(key);
    expect(await rotationPhase(key)).toBe('retiring');
    expect(files()).toEqual({
      monitor: 'second',
      'monitor.pub': 'second public',
      'monitor.old': 'first',
      'monitor.old.pub': 'first public',
    });
    await endRotation(key);
    expect(await rotationPhase(key)).toBe('idle');
    expect(files()).toEqual({ monitor: 'second', 'monitor.pub': 'second public' });
  });

  test('ends a swap that was interrupted between the private half and the public one', async () => {
    write('monitor.next', 'second');
    renameSync(nextKeyFile(key), key);
    expect(await rotationPhase(key)).toBe('idle');
    expect(files()).toEqual({
      monitor: 'second',
      'monitor.pub': 'second public',
      'monitor.old.pub': 'first public',
    });
  });

  test('does not need the public half of the old key', async () => {
    write('monitor.next', 'second');
    rmSync(`${key}.pub`);
    await swapKeys(key);
    expect(files()).toMatchObject({
      monitor: 'second',
      'monitor.pub': 'second public',
      'monitor.old': 'first',
    });
  });

  test('leaves no public half of the old key beside the new one, which a crash left without its own', async () => {
    write('monitor.next', 'second');
    rmSync(join(folder, 'monitor.next.pub'));
    await swapKeys(key);
    expect(await rotationPhase(key)).toBe('retiring');
    expect(files()).toEqual({ monitor: 'second', 'monitor.old': 'first', 'monitor.old.pub': 'first public' });
  });
});
