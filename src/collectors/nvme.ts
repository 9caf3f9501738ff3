import type { Collector, Sample } from './collector.js';
import { readEach } from './each-item.js';
import { readCount } from './text.js';

const FOLDER = '/sys/class/nvme';
/** The namespaces behind several paths at once, nvme0c0n1, are no disks of their own. */
const ENTRY = /^\/sys\/class\/nvme\/(?<device>[^/]+)\/(?:(?<namespace>nvme\d+n(?<nsid>\d+))\/size|state)$/;

/** Sizes below /sys/block are in units of 512 bytes whatever the block size, see the kernel's Documentation/ABI/stable/sysfs-block. */
const SECTOR_BYTES = 512;

const ofNamespace = ['device', 'nsid'] as const;

/** NVMe controllers and what they hold. */
export const nvme: Collector = {
  name: 'nvme',
  module: 'node',
  summary: 'NVMe controllers, whether they live, and the namespaces on them.',
  metrics: {
    node_nvme_info: {
      type: 'gauge',
      help: 'Always 1; the label state is live for a controller that works.',
      labels: ['device', 'firmware_revision', 'model', 'serial', 'state', 'cntlid'],
    },
    node_nvme_namespace_info: {
      type: 'gauge',
      help: 'Always 1; the label ana_state is unknown where there is only one path to the namespace.',
      labels: [...ofNamespace, 'ana_state'],
    },
    node_nvme_namespace_size_bytes: {
      type: 'gauge',
      help: 'Size of the namespace in bytes.',
      labels: ofNamespace,
    },
    node_nvme_namespace_capacity_bytes: {
      type: 'gauge',
      help: 'Size of the namespace in bytes, under the second name that it has.',
      labels: ofNamespace,
    },
    node_nvme_namespace_logical_block_size_bytes: {
      type: 'gauge',
      help: 'Bytes of the smallest block that the namespace reads or writes.',
      labels: ofNamespace,
    },
  },
  // Not nuse, which asks the controller, and waits a minute for one that is dead.
  files: [
    ...['firmware_rev', 'model', 'serial', 'state', 'cntlid'].map((file) => `${FOLDER}/nvme*/${file}`),
    ...['size', 'queue/logical_block_size', 'ana_state'].map((file) => `${FOLDER}/nvme*/nvme*n*/${file}`),
  ],
  parse: ({ files }) => {
    const text = (path: string): string => (files.get(path) ?? '').trim();
    return readEach(files.keys(), (path) => {
      const { device, namespace, nsid } = ENTRY.exec(path)?.groups ?? {};
      if (device === undefined) return [];
      const folder = `${FOLDER}/${device}`;
      if (namespace === undefined || nsid === undefined) {
        const labels = {
          device,
          firmware_revision: text(`${folder}/firmware_rev`),
          model: text(`${folder}/model`),
          serial: text(`${folder}/serial`),
          state: text(`${folder}/state`),
          cntlid: text(`${folder}/cntlid`),
        };
        return [{ metric: 'node_nvme_info', labels, value: 1 }];
      }
      return readNamespace((file) => text(`${folder}/${namespace}/${file}`), device, nsid);
    });
  },
};

function readNamespace(text: (file: string) => string, device: string, nsid: string): Sample[] {
  const labels = { device, nsid };
  const anaState = text('ana_state');
  const samples: Sample[] = [
    {
      metric: 'node_nvme_namespace_info',
      labels: { ...labels, ana_state: anaState === '' ? 'unknown' : anaState },
      value: 1,
    },
  ];
  const sectors = text('size');
  if (sectors !== '') {
    const value = readCount(sectors, `${FOLDER}: size of ${device}`) * SECTOR_BYTES;
    samples.push({ metric: 'node_nvme_namespace_size_bytes', labels, value });
    samples.push({ metric: 'node_nvme_namespace_capacity_bytes', labels, value });
  }
  const blockBytes = text('queue/logical_block_size');
  if (blockBytes !== '') {
    const value = readCount(blockBytes, `${FOLDER}: block size of ${device}`);
    samples.push({ metric: 'node_nvme_namespace_logical_block_size_bytes', labels, value });
  }
  return samples;
}
