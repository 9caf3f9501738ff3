import { describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { type Collector, ParseError } from './collector.js';
import { cpufreq } from './cpufreq.js';
import { readEach } from './each-item.js';
import { edac } from './edac.js';
import { netclass } from './netclass.js';
import { nvme } from './nvme.js';
import { systemd } from './systemd.js';
import { thermalZone } from './thermal-zone.js';
import { xfs } from './xfs.js';

interface Damaged {
  readonly collector: Collector;
  readonly files?: Readonly<Record<string, string>>;
  readonly output?: string;
  /** What the right item is called. */
  readonly label: readonly [name: string, value: string];
}

const CASES: readonly Damaged[] = [
  {
    collector: netclass,
    files: { '/sys/class/net/bad/mtu': 'many', '/sys/class/net/eth0/mtu': '1500' },
    label: ['device', 'eth0'],
  },
  {
    collector: thermalZone,
    files: {
      '/sys/class/thermal/thermal_zone0/type': 'bad',
      '/sys/class/thermal/thermal_zone0/temp': 'warm',
      '/sys/class/thermal/thermal_zone1/type': 'acpitz',
      '/sys/class/thermal/thermal_zone1/temp': '27800',
    },
    label: ['zone', '1'],
  },
  {
    collector: nvme,
    files: {
      '/sys/class/nvme/nvme0/nvme0n1/size': 'huge',
      '/sys/class/nvme/nvme1/nvme1n1/size': '8',
    },
    label: ['device', 'nvme1'],
  },
  {
    collector: cpufreq,
    files: {
      '/sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq': 'fast',
      '/sys/devices/system/cpu/cpu1/cpufreq/scaling_max_freq': '1000',
    },
    label: ['cpu', '1'],
  },
  {
    collector: edac,
    files: {
      '/sys/devices/system/edac/mc/mc0/ce_count': 'few',
      '/sys/devices/system/edac/mc/mc1/ce_count': '3',
    },
    label: ['controller', '1'],
  },
  {
    collector: xfs,
    files: { '/sys/fs/xfs/bad/stats/stats': 'rw 1\n', '/sys/fs/xfs/vda1/stats/stats': 'rw 1 2\n' },
    label: ['device', 'vda1'],
  },
  {
    collector: systemd,
    output:
      'Id=bad.service\nLoadState=loaded\nActiveState=active\nNRestarts=some\n\n' +
      'Id=pop.service\nLoadState=loaded\nActiveState=active\nNRestarts=2\n',
    label: ['name', 'pop.service'],
  },
];

describe('one item of another form than documented', () => {
  test.each(CASES)(
    'takes no other of $collector.name with it',
    ({ collector, files = {}, output = '', label }) => {
      const samples = collector.parse({
        files: new Map(Object.entries(files)),
        output,
        status: 0,
        software: DEFAULT_SOFTWARE,
      });
      const [name, value] = label;
      expect(new Set(samples.map(({ labels }) => labels?.[name]))).toEqual(new Set([value]));
    },
  );

  test('is an error of its collector where there is no other', () => {
    const odd = (): never => {
      throw new ParseError('It is odd.');
    };
    expect(() => readEach([1, 2], odd)).toThrow('It is odd.');
    expect(readEach([], odd)).toEqual([]);
  });

  test('hides no mistake of ours', () => {
    const mistake = (): never => {
      throw new TypeError('undefined is not a function');
    };
    expect(() => readEach([1], mistake)).toThrow(TypeError);
  });
});
