import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { diskInfo } from './disk-info.js';
import { dmi } from './dmi.js';
import { hwmon } from './hwmon.js';
import { nvme } from './nvme.js';
import { readExposition, renderSamples } from './testing/exposition.js';
import { createFakeRoot } from './testing/fake-root.js';
import { applets, askAll, SHELLS } from './testing/node.js';
import { startNodeExporter, type NodeExporter } from './testing/node-exporter.js';
import { expectPromised } from './testing/promises.js';
import { thermalZone } from './thermal-zone.js';

const HARDWARE = [diskInfo, dmi, hwmon, thermalZone, nvme];

/** node_exporter's collectors of the same series. */
const THEIRS = ['diskstats', 'dmi', 'hwmon', 'thermal_zone', 'nvme'];
const COMPARED = /^node_(?:disk|dmi|hwmon|thermal|cooling|nvme)_/;
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

const root = createFakeRoot('/proc', '/sys');
let exporter: NodeExporter;
/** The series and values of node_exporter. */
let theirs: ReadonlyMap<string, number>;

beforeAll(async () => {
  for (const [path, text] of Object.entries(FILES)) root.write(path, text);
  for (const [index, [folder, device]] of CHIPS.entries()) {
    const chip = `/sys/class/hwmon/hwmon${index}`;
    root.link(chip, folder);
    if (device !== undefined) root.link(`${chip}/device`, device);
  }

  exporter = await startNodeExporter(
    ...['--collector.disable-defaults', ...THEIRS.map((name) => `--collector.${name}`)],
    ...[`--path.sysfs=${root.path}/sys`, `--path.procfs=${root.path}/proc`],
    `--path.udev.data=${root.path}/run/udev/data`,
  );
  const { values } = readExposition(await exporter.scrape());
  theirs = new Map([...values].filter(([series]) => COMPARED.test(series) && !NOT_COMPARED.test(series)));
});
afterAll(() => {
  exporter.stop();
  root.remove();
});

test.each(SHELLS)('%s: a machine with sensors has the series and values of node_exporter', async (shell) => {
  const { complete, parse } = await askAll(HARDWARE, { shell, root });
  expect(complete).toBe(true);
  const ours = HARDWARE.map((collector) => {
    const samples = parse(collector);
    expectPromised(collector, samples);
    return renderSamples(collector, samples);
  });
  const { values } = readExposition(ours.join(''));
  expect(values).toEqual(theirs);
  expect(values.size).toBeGreaterThan(30);
});

test('a sensor that hangs takes those of no other chip with it', async () => {
  const machine = createFakeRoot('/sys');
  for (const chip of ['chip0', 'dead1', 'chip2']) {
    const id = `hwmon${chip.slice(-1)}`;
    const folder = `/sys/devices/platform/${chip}/hwmon/${id}`;
    machine.write(`${folder}/name`, 'chip\n');
    machine.write(`${folder}/temp1_input`, '45000\n');
    machine.link(`/sys/class/hwmon/${id}`, machine.at(folder));
  }
  const grep = 'exec /usr/bin/env -i PATH=/usr/bin:/bin grep "$@"';
  machine.program('grep', `case $* in *hwmon1/*) exec sleep 600 ;; esac\n${grep}`);
  try {
    // All shells at once, since each waits as long as it may.
    const answers = SHELLS.map((shell) => askAll([hwmon], { shell, root: machine }));
    for (const { complete, parse } of await Promise.all(answers)) {
      expect(complete).toBe(true);
      const hot = parse(hwmon).filter(({ metric }) => metric === 'node_hwmon_temp_celsius');
      expect(hot.map(({ labels, value }) => [labels?.['chip'], value])).toEqual([
        ['platform_chip0', 45],
        ['platform_chip2', 45],
      ]);
    }
  } finally {
    machine.remove();
  }
});

describe('without sensors', () => {
  test('no process is started for them', async () => {
    const nothing = createFakeRoot('/sys');
    // The clock of the batch is all that may run.
    const programs = await applets('sleep');
    const { sections } = await askAll([hwmon], { shell: 'dash', bare: true, programs, root: nothing });
    nothing.remove();
    expect(sections.get('hwmon')).toEqual({ output: '', status: 0 });
  });
});
