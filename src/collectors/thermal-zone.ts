import type { Collector, Sample } from './collector.js';
import { readEach } from './each-item.js';
import { readInteger } from './text.js';

const FOLDER = '/sys/class/thermal';
const ENTRY = /^\/sys\/class\/thermal\/(?<kind>thermal_zone|cooling_device)(?<number>[^/]*)\/(?<file>\w+)$/;

/** One degree in units of the kernel, see its Documentation/driver-api/thermal/sysfs-api.rst. */
const MILLIDEGREES = 1000;

/** Temperatures of the platform, and what cools it. */
export const thermalZone: Collector = {
  name: 'thermal-zone',
  module: 'node',
  summary: 'Temperatures of thermal zones and states of what cools them; virtual machines have none.',
  metrics: {
    node_thermal_zone_temp: {
      type: 'gauge',
      help: 'Temperature of the zone in degrees Celsius; absent while its sensor does not answer.',
      labels: ['zone', 'type'],
    },
    node_cooling_device_cur_state: {
      type: 'gauge',
      help: 'How much the device cools or throttles now; -1 when it cannot tell.',
      labels: ['name', 'type'],
    },
    node_cooling_device_max_state: {
      type: 'gauge',
      help: 'How much the device can cool or throttle at most.',
      labels: ['name', 'type'],
    },
  },
  files: [
    `${FOLDER}/thermal_zone*/type`,
    `${FOLDER}/thermal_zone*/temp`,
    `${FOLDER}/cooling_device*/type`,
    `${FOLDER}/cooling_device*/cur_state`,
    `${FOLDER}/cooling_device*/max_state`,
  ],
  parse: ({ files }) => {
    return readEach(files.keys(), (path) => {
      const { kind, number, file } = ENTRY.exec(path)?.groups ?? {};
      if (kind === undefined || number === undefined || file !== 'type') return [];
      const samples: Sample[] = [];
      const type = textOf(files, path);
      const push = (metric: string, name: string, divide: number): void => {
        const text = textOf(files, `${FOLDER}/${kind}${number}/${name}`);
        // A sensor that does not answer refuses to be read.
        if (text === '') return;
        const value = readInteger(text, `${kind}${number}/${name}`) / divide;
        const labels = kind === 'thermal_zone' ? { zone: number, type } : { name: number, type };
        samples.push({ metric, labels, value });
      };
      if (kind === 'thermal_zone') {
        push('node_thermal_zone_temp', 'temp', MILLIDEGREES);
      } else {
        push('node_cooling_device_cur_state', 'cur_state', 1);
        push('node_cooling_device_max_state', 'max_state', 1);
      }
      return samples;
    });
  },
};

function textOf(files: ReadonlyMap<string, string>, path: string): string {
  return (files.get(path) ?? '').trim();
}
