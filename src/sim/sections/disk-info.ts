import type { Files } from './renderer.js';

const UDEV = '/run/udev/data';

const partition = (
  number: number,
  filesystem: string,
): string => `S:disk/by-path/virtio-pci-0000:00:05.0-part${number}
E:ID_PATH=pci-0000:00:05.0
E:ID_SERIAL=simulated
E:ID_PART_TABLE_TYPE=gpt
${filesystem}
G:systemd
`;

/** What udev and sysfs say of the virtual disk and its partitions. */
export const diskInfo: Files = {
  [`${UDEV}/b253:0`]: `S:disk/by-path/virtio-pci-0000:00:05.0
E:ID_PATH=pci-0000:00:05.0
E:ID_SERIAL=simulated
E:ID_PART_TABLE_TYPE=gpt
G:systemd
`,
  [`${UDEV}/b253:1`]: partition(
    1,
    'E:ID_FS_TYPE=ext4\nE:ID_FS_USAGE=filesystem\nE:ID_FS_UUID=00000000-0000-4000-8000-000000000001\nE:ID_FS_VERSION=1.0',
  ),
  [`${UDEV}/b253:15`]: partition(
    15,
    'E:ID_FS_TYPE=vfat\nE:ID_FS_USAGE=filesystem\nE:ID_FS_UUID=0000-0001\nE:ID_FS_VERSION=FAT32',
  ),
  '/sys/block/vda/queue/rotational': '1\n',
};
