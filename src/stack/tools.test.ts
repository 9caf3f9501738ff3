import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './run.js';
import { findTool } from './tools.js';

const PATH = process.env['PATH'];
afterEach(() => {
  process.env['PATH'] = PATH;
});

describe('finding a tool', () => {
  test('passes over one on PATH that is too old', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pipefleet-tools-'));
    const old = join(folder, 'promtool');
    writeFileSync(old, '#!/bin/sh\necho "promtool, version 2.42.0"\n');
    chmodSync(old, 0o755);
    process.env['PATH'] = `${folder}:${PATH ?? ''}`;
    try {
      const found = await findTool('promtool');
      expect(found).not.toBe(old);
      const { stdout } = await run(found, ['--version']);
      expect(stdout).toMatch(/^promtool, version [3-9]/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('gives programs that run where they lie', async () => {
    const [alertmanager, sshd, keygen] = await Promise.all([
      findTool('alertmanager'),
      findTool('sshd'),
      findTool('ssh-keygen'),
    ]);
    expect((await run(alertmanager, ['--version'])).code).toBe(0);
    // sshd has no --version: it answers every unknown option with its own.
    expect((await run(sshd, ['-?'])).stderr).toMatch(/OpenSSH_\d/);
    expect((await run(keygen, ['-?'])).stderr).toContain('usage: ssh-keygen');
  });

  test('looks once: who asks again gets the same answer', async () => {
    const [first, second] = [findTool('busybox'), findTool('busybox')];
    expect(first).toBe(second);
    await first;
  });
});
