import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createFakeRoot, type FakeRoot } from '../../collectors/testing/fake-root.js';
import { SHELLS } from '../../collectors/testing/node.js';
import { serviceRequest } from '../protocol.js';
import { createGateFile, type GateFile } from '../testing/gate-file.js';

describe.each(SHELLS)('a service, under %s', (shell) => {
  let root: FakeRoot;
  let gate: GateFile;
  beforeEach(async () => {
    root = createFakeRoot('/sys');
    root.write('/etc/systemd/system/popcache.service', '[Service]\n');
    root.write('/etc/systemd/system/pipe-node@.service', '[Service]\n');
    root.write('/etc/systemd/system/other.service', '[Service]\n');
    root.folder('/etc/systemd/system/multi-user.target.wants');
    root.link(
      '/etc/systemd/system/multi-user.target.wants/pipe-node@eu.service',
      '/etc/systemd/system/pipe-node@.service',
    );
    gate = await createGateFile(new Map([['node', { body: '' }]]), shell, root.moved);
    writeFileSync(join(gate.folder, 'sudo'), '#!/bin/dash\necho "sudo $*"\nexit 3\n', { mode: 0o755 });
  });
  afterEach(() => {
    gate.remove();
    root.remove();
  });

  test.each(['popcache.service', 'pipe-node@eu.service'])('of the node software is restarted: %s', (unit) => {
    expect(gate.run('operate', serviceRequest('restart', unit))).toEqual({
      status: 3,
      stdout: `sudo -n /usr/bin/systemctl restart ${unit}\n`,
      stderr: '',
    });
  });

  test.each(['other.service', 'popcache', 'pipe-node@.service', 'pipe-node@us.service', 'p.service', '-'])(
    'that is none of the node software, or is not there, is refused: %s',
    (unit) => {
      expect(gate.run('operate', serviceRequest('stop', unit))).toMatchObject({
        status: 126,
        stdout: '',
        stderr: 'pipefleet-gate: refused: this machine has no unit of the node software of that name\n',
      });
    },
  );
});
