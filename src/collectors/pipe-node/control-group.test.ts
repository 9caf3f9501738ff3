import { describe, expect, test } from '@jest/globals';
import { readUnitName } from './control-group.js';

const ID = '3f2a9c0d1e4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeef';

describe('what a process runs under', () => {
  test.each([
    ['0::/system.slice/popcache.service', 'popcache.service'],
    ['0::/system.slice/system-popcache.slice/popcache@2.service', 'popcache@2.service'],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/pop.service', 'pop.service'],
    ['0::/system.slice/pop.service/worker', 'pop.service'],
    [`0::/system.slice/docker-${ID}.scope`, 'docker-3f2a9c0d1e4b'],
    [`0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-${ID}.scope`, 'cri-containerd-3f2a9c0d1e4b'],
    [`0::/machine.slice/libpod-${ID}.scope/container`, 'libpod-3f2a9c0d1e4b'],
    [`1:name=systemd:/docker/${ID}`, 'docker-3f2a9c0d1e4b'],
    [`0::/../${ID}`, 'container-3f2a9c0d1e4b'],
    ['0::/user.slice/user-0.slice/session-3.scope', 'session'],
    ['0::/user.slice/user-0.slice/session-c12.scope', 'session'],
    ['0::/user.slice/tmux-spawn-0a1b2c3d-1111-2222-3333-444455556666.scope', 'tmux-spawn'],
    ['0::/system.slice/run-u17.service', 'run'],
    ['0::/system.slice/run-r0a1b2c3d4e5f.scope', 'run'],
    ['0::/init.scope', 'init.scope'],
    ['1:name=openrc:/popcache', 'popcache'],
    ['0::/lxc.payload.pop1', 'lxc.payload.pop1'],
    ['0::/', ''],
    ['12:pids:/system.slice', ''],
    ['something else', ''],
  ])('%s is %s', (line, unit) => {
    expect(readUnitName([line])).toBe(unit);
  });

  test("systemd's own hierarchy comes first, unless the process is in its root", () => {
    const unified = '0::/other.service';
    expect(readUnitName([unified, '1:name=systemd:/system.slice/pop.service'])).toBe('pop.service');
    expect(readUnitName([unified, '1:name=systemd:/'])).toBe('other.service');
  });

  test('a name that no folder can have is none', () => {
    expect(readUnitName([`0::/a/${'x'.repeat(300)}`])).toBe('a');
  });
});
