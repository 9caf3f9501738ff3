import { type Renderer, whole } from './renderer.js';

const BLOCK_BYTES = 4_096;
/** Share of the disk that only root may use. */
const RESERVED = 0.015;

/** What the script of the collector `filesystem` prints: the mounts that matter, then `stat -f` of each. */
export const filesystem: Renderer = ({ disk }, { memoryBytes }) => {
  const blocks = disk.sizeBytes / BLOCK_BYTES;
  const free = Math.max(0, blocks - disk.usedBytes / BLOCK_BYTES);
  const available = Math.max(0, free - blocks * RESERVED);
  const shared = memoryBytes / 10 / BLOCK_BYTES;
  return `mount tmpfs /run tmpfs rw
mount /dev/vda1 / ext4 rw
mount /dev/vda15 /boot/efi vfat rw
${stat(shared, shared - 330, shared - 330, memoryBytes / BLOCK_BYTES, memoryBytes / BLOCK_BYTES - 870, '/run')}\
${stat(blocks, free, available, disk.inodes, disk.inodes - disk.usedInodes, '/')}\
${stat(27_091, 25_520, 25_520, 0, 0, '/boot/efi')}`;
};

function stat(
  blocks: number,
  free: number,
  available: number,
  files: number,
  filesFree: number,
  path: string,
): string {
  return `stat ${BLOCK_BYTES} ${[blocks, free, available, files, filesFree].map(whole).join(' ')} ${path}\n`;
}
