import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { findTool } from '../stack/tools.js';
import { buildBatch } from './batch.js';
import type { Collector } from './collector.js';
import { diskInfo } from './disk-info.js';
import { dmi } from './dmi.js';
import { hwmon } from './hwmon.js';
import { nvme } from './nvme.js';
import { renderSamples } from './testing/exposition.js';
import { folderWith, runBatch } from './testing/shell.js';
import type { Node } from './testing/shell.js';
import { thermalZone } from './thermal-zone.js';

const TOKEN = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const HARDWARE = [diskInfo, dmi, hwmon, thermalZone, nvme];

/** node_exporter's collectors of the same series. */
const THEIRS = ['diskstats', 'dmi', 'hwmon', 'thermal_zone', 'nvme'];
/** What is of another collector here, or would ask the NVMe controller. */
const NOT_COMPARED =
  /^node_disk_(?!info|filesystem_info|device_mapper_info|ata_)|^node_nvme_namespace_used_bytes/;

const PCI = '/sys/devices/pci0000:00';

/** Files of a machine with what a virtual one lacks. */
const FILES: Readonly<Record<string, string>> = {
  '/proc/diskstats':
    '   8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n   8 1 sda1 1 2 3 4 5 6 7 8 9 10 11\n 252 0 dm-0 1 2 3 4 5 6 7 8 9 10 11\n   7 0 loop0 1 2 3 4 5 6 7 8 9 10 11\n',
  '/run/udev/data/b8:0':
    'S:disk/by-id/example\nE:ID_ATA=1\nE:ID_MODEL=EXAMPLE_DISK\nE:ID_SERIAL=EXAMPLE_DISK_1\nE:ID_SERIAL_SHORT=1\nE:ID_REVISION=A1\n' +
    'E:ID_WWN=0x1\nE:ID_PATH=pci-0000:00:1f.2-ata-1\nE:ID_ATA_WRITE_CACHE=1\nE:ID_ATA_WRITE_CACHE_ENABLED=0\nE:ID_ATA_ROTATION_RATE_RPM=0\n',
  '/run/udev/data/b252:0':
    'E:DM_NAME=example-root\nE:DM_UUID=LVM-1\nE:DM_VG_NAME=example\nE:DM_LV_NAME=root\nE:ID_FS_TYPE=ext4\nE:ID_FS_USAGE=filesystem\nE:ID_FS_UUID=2\nE:ID_FS_VERSION=1.0\n',
  '/run/udev/data/b7:0': 'E:ID_FS_TYPE=squashfs\n',
  '/sys/block/sda/queue/rotational': '0\n',
  '/sys/block/dm-0/queue/rotational': '0\n',
  '/sys/class/dmi/id/bios_vendor': 'SeaBIOS\n',
  '/sys/class/dmi/id/product_name': 'Standard PC (i440FX + PIIX, 1996)\n',
  '/sys/class/dmi/id/sys_vendor': 'QEMU\n',
  '/sys/class/dmi/id/chassis_asset_tag': '\n',
  '/sys/class/thermal/thermal_zone0/type': 'acpitz\n',
  '/sys/class/thermal/thermal_zone0/policy': 'step_wise\n',
  '/sys/class/thermal/thermal_zone0/temp': '27800\n',
  '/sys/class/thermal/cooling_device0/type': 'Processor\n',
  '/sys/class/thermal/cooling_device0/cur_state': '-1\n',
  '/sys/class/thermal/cooling_device0/max_state': '10\n',
  '/sys/class/nvme/nvme0/firmware_rev': '1.0     \n',
  '/sys/class/nvme/nvme0/model': 'Example 512GB      \n',
  '/sys/class/nvme/nvme0/serial': 'EXAMPLE1   \n',
  '/sys/class/nvme/nvme0/state': 'live\n',
  '/sys/class/nvme/nvme0/cntlid': '7\n',
  '/sys/class/nvme/nvme0/nvme0n1/nuse': '123456\n',
  '/sys/class/nvme/nvme0/nvme0n1/size': '1000215216\n',
  '/sys/class/nvme/nvme0/nvme0n1/queue/logical_block_size': '512\n',
  '/sys/devices/platform/coretemp.0/hwmon/hwmon0/name': 'coretemp\n',
  '/sys/devices/platform/coretemp.0/hwmon/hwmon0/temp1_input': '55123\n',
  '/sys/devices/platform/coretemp.0/hwmon/hwmon0/temp1_label': 'Package id 0\n',
  '/sys/devices/platform/coretemp.0/hwmon/hwmon0/temp1_max': '84000\n',
  '/sys/devices/platform/coretemp.0/hwmon/hwmon0/temp1_crit': '100000\n',
  '/sys/devices/platform/coretemp.0/hwmon/hwmon0/temp1_crit_alarm': '1\n',
  [`${PCI}/0000:01:00.0/nvme/nvme0/hwmon1/name`]: 'nvme\n',
  [`${PCI}/0000:01:00.0/nvme/nvme0/hwmon1/temp1_input`]: '35850\n',
  [`${PCI}/0000:01:00.0/nvme/nvme0/hwmon1/temp1_min`]: '-273150\n',
  [`${PCI}/0000:01:00.0/nvme/nvme0/hwmon1/temp1_alarm`]: '0\n',
  [`${PCI}/0000:00:18.3/hwmon/hwmon2/name`]: 'k10temp\n',
  [`${PCI}/0000:00:18.3/hwmon/hwmon2/temp1_input`]: '48375\n',
  '/sys/devices/virtual/hwmon/hwmon3/name': 'Board-Sensors\n',
  '/sys/devices/virtual/hwmon/hwmon3/in0_input': '792\n',
  '/sys/devices/virtual/hwmon/hwmon3/fan1_input': '1098\n',
  '/sys/devices/virtual/hwmon/hwmon3/fan1_fault': '0\n',
  '/sys/devices/virtual/hwmon/hwmon3/pwm1': '153\n',
  '/sys/devices/virtual/hwmon/hwmon3/pwm1_enable': '5\n',
  '/sys/devices/virtual/hwmon/hwmon3/curr1_input': '1520\n',
  '/sys/devices/virtual/hwmon/hwmon3/energy1_input': '981234567\n',
  '/sys/devices/virtual/hwmon/hwmon3/freq1_input': '214000000\n',
  '/sys/devices/virtual/hwmon/hwmon3/freq1_label': 'sclk\n',
  '/sys/devices/LNXSYSTM:00/LNXSYBUS:00/ACPI000D:00/hwmon/hwmon4/name': 'power_meter\n',
  '/sys/devices/LNXSYSTM:00/LNXSYBUS:00/ACPI000D:00/power1_average': '215000001\n',
  '/sys/devices/LNXSYSTM:00/LNXSYBUS:00/ACPI000D:00/power1_average_interval': '300000\n',
  '/sys/devices/LNXSYSTM:00/LNXSYBUS:00/ACPI000D:00/power1_accuracy': '90.0%\n',
};

/** Link of each chip, and whether it belongs to a device, which then is a link of its own. */
const CHIPS: readonly [folder: string, device: string | undefined][] = [
  ['../../devices/platform/coretemp.0/hwmon/hwmon0', '../..'],
  ['../../devices/pci0000:00/0000:01:00.0/nvme/nvme0/hwmon1', '..'],
  ['../../devices/pci0000:00/0000:00:18.3/hwmon/hwmon2', '../..'],
  ['../../devices/virtual/hwmon/hwmon3', undefined],
  ['../../devices/LNXSYSTM:00/LNXSYBUS:00/ACPI000D:00/hwmon/hwmon4', '../..'],
];

const root = realpathSync(mkdtempSync(join(tmpdir(), 'pipefleet-hardware-')));
let programs = '';
let busybox = '';
let exporter: ChildProcess;
let theirs: readonly string[] = [];

beforeAll(async () => {
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  mkdirSync(join(root, '/sys/class/hwmon'));
  for (const [index, [folder, device]] of CHIPS.entries()) {
    const link = join(root, `/sys/class/hwmon/hwmon${index}`);
    symlinkSync(folder, link);
    if (device !== undefined) symlinkSync(device, join(link, 'device'));
  }
  busybox = await findTool('busybox');
  programs = folderWith(
    Object.fromEntries(['head', 'grep', 'ls', 'sleep', 'sh'].map((name) => [name, busybox])),
  );

  const flags = ['--web.listen-address=127.0.0.1:0', '--collector.disable-defaults'];
  const folders = [
    `--path.sysfs=${root}/sys`,
    `--path.procfs=${root}/proc`,
    `--path.udev.data=${root}/run/udev/data`,
  ];
  exporter = spawn(
    await findTool('node_exporter'),
    [...flags, ...folders, ...THEIRS.map((name) => `--collector.${name}`)],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  if (exporter.stderr === null) throw new Error('node_exporter has no standard error.');
  let address: string | undefined;
  for await (const line of createInterface({ input: exporter.stderr })) {
    address = /address=(?<address>127\.0\.0\.1:\d+)/.exec(line)?.groups?.['address'];
    if (address !== undefined) break;
  }
  exporter.stderr.resume();
  const names = /^node_(?:disk|dmi|hwmon|thermal|cooling|nvme)_/;
  const text = await (await fetch(`http://${String(address)}/metrics`)).text();
  theirs = text.split('\n').filter((line) => names.test(line) && !NOT_COMPARED.test(line));
});
afterAll(() => {
  exporter.kill();
  for (const folder of [root, programs]) rmSync(folder, { recursive: true });
});

const SHELLS: readonly [name: string, node: () => Node][] = [
  ['dash', () => ({ shell: ['dash'] })],
  ['bash', () => ({ shell: ['bash', '--posix'] })],
  ['busybox and nothing else', () => ({ shell: [busybox, 'ash'], path: programs })],
];

test.each(SHELLS)(
  '%s: a machine with sensors has the series and values of node_exporter',
  async (_, node) => {
    const samples = await answer(HARDWARE, node());
    expect(samples.map(asSeries).sort()).toEqual(theirs.map(asSeries).sort());
    expect(samples.length).toBeGreaterThan(30);
  },
);

describe('without sensors', () => {
  test('no process is started for them', async () => {
    const script = hwmon.script?.(DEFAULT_SOFTWARE).replaceAll('/sys/class', join(root, 'nothing')) ?? '';
    // The clock of the batch is all that may run.
    const path = folderWith({ sleep: busybox });
    const bare: Collector = { ...hwmon, script: () => script };
    const batch = buildBatch([bare], DEFAULT_SOFTWARE);
    const { sections } = batch.split(await runBatch(batch.command(TOKEN), { shell: ['dash'], path }), TOKEN);
    rmSync(path, { recursive: true });
    expect(sections.get('hwmon')).toEqual({ output: '', status: 0 });
  });
});

/** What collectors read below the root of the test instead of that of the machine, as lines of an exposition. */
async function answer(collectors: readonly Collector[], node: Node): Promise<string[]> {
  const moved = collectors.map((collector): Collector => {
    const { script, files = [] } = collector;
    const own = script?.(DEFAULT_SOFTWARE).replaceAll('/sys/', `${root}/sys/`);
    const base = { ...collector, files: files.map((path) => root + path) };
    return own === undefined ? base : { ...base, script: () => own };
  });
  const batch = buildBatch(moved, DEFAULT_SOFTWARE);
  const { complete, files, sections } = batch.split(await runBatch(batch.command(TOKEN), node), TOKEN);
  expect(complete).toBe(true);
  const own = new Map(Array.from(files, ([path, text]) => [path.slice(root.length), text]));
  return collectors.flatMap((collector) => {
    const { output = '', status = 0 } = sections.get(collector.name) ?? {};
    const input = { files: own, output: output.replaceAll(root, ''), status, software: DEFAULT_SOFTWARE };
    return renderSamples(collector, collector.parse(input))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  });
}

/** A line with its labels in order; to Prometheus an empty label is none. */
function asSeries(line: string): string {
  const {
    name = '',
    labels = '',
    value = '',
  } = /^(?<name>\w+)\{(?<labels>.*)\} (?<value>\S+)$/.exec(line)?.groups ?? {};
  const pairs = [...labels.matchAll(/\w+="(?:[^"\\]|\\.)+"/g)].map(([pair]) => pair).sort();
  return `${name}{${pairs.join()}} ${Number(value)}`;
}
