import type { Collector, Sample } from './collector.js';
import { EXCLUDED_DEVICES } from './diskstats.js';
import { readCount, readDecimal, splitLines, splitWords } from './text.js';

const DISKSTATS = '/proc/diskstats';
const UDEV = '/run/udev/data';
/** `E:NAME=VALUE`, a property that udev found out about a device. */
const PROPERTY = /^E:(?<name>[^=]+)=(?<value>.*)$/gm;
const DECIMAL = /^\d{1,15}(?:\.\d{1,9})?$/;

/** Metric for each property of ATA disks. */
const ATA = {
  ID_ATA_WRITE_CACHE: 'node_disk_ata_write_cache',
  ID_ATA_WRITE_CACHE_ENABLED: 'node_disk_ata_write_cache_enabled',
  ID_ATA_ROTATION_RATE_RPM: 'node_disk_ata_rotation_rate_rpm',
} as const;

/** What each block device is. */
export const diskInfo: Collector = {
  name: 'disk-info',
  module: 'node',
  summary: 'What each whole block device is and what lies on it, according to udev; less without udev.',
  metrics: {
    node_disk_info: {
      type: 'gauge',
      help: 'Always 1; the labels identify the device, empty where the node does not say.',
      labels: ['device', 'major', 'minor', 'path', 'wwn', 'model', 'serial', 'revision', 'rotational'],
    },
    node_disk_filesystem_info: {
      type: 'gauge',
      help: 'Always 1; the labels say what lies on a device that is not parted.',
      labels: ['device', 'type', 'usage', 'uuid', 'version'],
    },
    node_disk_device_mapper_info: {
      type: 'gauge',
      help: 'Always 1; the labels say what the device mapper calls the device.',
      labels: ['device', 'name', 'uuid', 'vg_name', 'lv_name', 'lv_layer'],
    },
    node_disk_ata_write_cache: {
      type: 'gauge',
      help: '1 when the ATA disk has a write cache, else 0.',
      labels: ['device'],
    },
    node_disk_ata_write_cache_enabled: {
      type: 'gauge',
      help: '1 when the write cache of the ATA disk is on, else 0.',
      labels: ['device'],
    },
    node_disk_ata_rotation_rate_rpm: {
      type: 'gauge',
      help: 'Rotations of the ATA disk a minute; 0 for one without moving parts.',
      labels: ['device'],
    },
  },
  // Neither loops, major number 7, of which there may be dozens, nor what the pattern leaves out with them.
  files: [DISKSTATS, `${UDEV}/b[1-689]*:*`, `${UDEV}/b7[0-9]*:*`, '/sys/block/[a-km-z]*/queue/rotational'],
  parse: ({ files }) => {
    const devices = new Map<string, Sample[]>();
    const numbers = new Set<string>();
    for (const line of splitLines(files.get(DISKSTATS) ?? '')) {
      const [major, minor, device] = splitWords(line);
      readCount(major, `${DISKSTATS}: major number`);
      readCount(minor, `${DISKSTATS}: minor number`);
      if (major === undefined || minor === undefined || device === undefined) continue;
      if (EXCLUDED_DEVICES.test(device)) continue;
      // A device number belongs to one device.
      if (numbers.has(`${major}:${minor}`)) continue;
      numbers.add(`${major}:${minor}`);
      const properties = readProperties(files.get(`${UDEV}/b${major}:${minor}`) ?? '');
      // sysfs has an exclamation mark where a name has a slash.
      const folder = `/sys/block/${device.replaceAll('/', '!')}`;
      const rotational = (files.get(`${folder}/queue/rotational`) ?? '').trim();
      devices.set(device, readDevice({ device, major, minor, rotational }, properties));
    }
    return [...devices.values()].flat();
  },
};

function readProperties(text: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(text.matchAll(PROPERTY), ({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? '']),
  );
}

interface Device {
  readonly device: string;
  readonly major: string;
  readonly minor: string;
  readonly rotational: string;
}

function readDevice(
  { device, major, minor, rotational }: Device,
  properties: ReadonlyMap<string, string>,
): Sample[] {
  const value = (name: string): string => properties.get(name) ?? '';
  const info = (metric: string, labels: Readonly<Record<string, string>>): Sample => ({
    metric,
    labels: { device, ...labels },
    value: 1,
  });
  const serials = ['SCSI_IDENT_SERIAL', 'ID_SERIAL_SHORT', 'ID_SERIAL'].map(value);
  const samples = [
    info('node_disk_info', {
      major,
      minor,
      path: value('ID_PATH'),
      wwn: value('ID_WWN'),
      model: value('ID_MODEL'),
      // What is printed on the disk, if udev could read it; virtio disks have the last only.
      serial: serials.find((serial) => serial !== '') ?? '',
      revision: value('ID_REVISION'),
      rotational,
    }),
  ];
  if (value('ID_FS_TYPE') !== '') {
    samples.push(
      info('node_disk_filesystem_info', {
        type: value('ID_FS_TYPE'),
        usage: value('ID_FS_USAGE'),
        uuid: value('ID_FS_UUID'),
        version: value('ID_FS_VERSION'),
      }),
    );
  }
  if (value('DM_NAME') !== '') {
    samples.push(
      info('node_disk_device_mapper_info', {
        name: value('DM_NAME'),
        uuid: value('DM_UUID'),
        vg_name: value('DM_VG_NAME'),
        lv_name: value('DM_LV_NAME'),
        lv_layer: value('DM_LV_LAYER'),
      }),
    );
  }
  if (value('ID_ATA') === '') return samples;
  for (const [property, metric] of Object.entries(ATA)) {
    const word = value(property);
    if (!DECIMAL.test(word)) continue;
    samples.push({
      metric,
      labels: { device },
      value: readDecimal(word, `${UDEV}: ${property} of ${device}`),
    });
  }
  return samples;
}
