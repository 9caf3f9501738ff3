import type { Collector } from './collector.js';

const FOLDER = '/sys/class/dmi/id';

/**
 * File below /sys/class/dmi/id for each label. Serial numbers and the UUID of the system are for root alone, and tell a
 * machine apart wherever it goes: nobody asks for them.
 */
const FILES = {
  bios_date: `${FOLDER}/bios_date`,
  bios_release: `${FOLDER}/bios_release`,
  bios_vendor: `${FOLDER}/bios_vendor`,
  bios_version: `${FOLDER}/bios_version`,
  board_asset_tag: `${FOLDER}/board_asset_tag`,
  board_name: `${FOLDER}/board_name`,
  board_vendor: `${FOLDER}/board_vendor`,
  board_version: `${FOLDER}/board_version`,
  chassis_asset_tag: `${FOLDER}/chassis_asset_tag`,
  chassis_vendor: `${FOLDER}/chassis_vendor`,
  chassis_version: `${FOLDER}/chassis_version`,
  product_family: `${FOLDER}/product_family`,
  product_name: `${FOLDER}/product_name`,
  product_sku: `${FOLDER}/product_sku`,
  product_version: `${FOLDER}/product_version`,
  system_vendor: `${FOLDER}/sys_vendor`,
} as const;

/** What the firmware says about the machine, or the hypervisor about itself. */
export const dmi: Collector = {
  name: 'dmi',
  module: 'node',
  summary:
    'What the firmware calls the machine; on a virtual one, what the hypervisor calls itself. Serial numbers and the UUID, which only root may read, are left out.',
  metrics: {
    node_dmi_info: {
      type: 'gauge',
      help: 'Always 1; the labels are what the firmware says, empty where it says nothing.',
      labels: Object.keys(FILES),
    },
  },
  files: Object.values(FILES),
  parse: ({ files }) => {
    const labels = Object.fromEntries(
      Object.entries(FILES).map(([label, path]) => [label, (files.get(path) ?? '').trim()]),
    );
    const isSilent = Object.values(labels).every((value) => value === '');
    return isSilent ? [] : [{ metric: 'node_dmi_info', labels, value: 1 }];
  },
};
