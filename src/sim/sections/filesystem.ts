import type { DiskState } from '../node-state.js';
import { type Renderer, whole } from './renderer.js';

const BLOCK_BYTES = 4_096;
/** Share of the disk that only root may use. */
const RESERVED = 0.015;

/** What the script of the collector `filesystem` prints: the mounts that matter, then `stat -f` of each. */
export const filesystem: Renderer = ({ disk }, { memoryBytes }) => {
  const { blocks, free, available } = spaceOf(disk);
  const shared = memoryBytes / 10 / BLOCK_BYTES;
  return `apart tmpfs /run tmpfs rw 0:24
apart /dev/vda1 / ext4 rw 253:1
apart /dev/vda15 /boot/efi vfat rw 253:15
${stat(1, shared, shared - 330, shared - 330, memoryBytes / BLOCK_BYTES, memoryBytes / BLOCK_BYTES - 870)}\
${stat(2, blocks, free, available, disk.inodes, disk.inodes - disk.usedInodes)}\
${stat(3, 27_091, 25_520, 25_520, 0, 0)}`;
};

/** Blocks of the root file system: all, free ones, and those that are free for others than root. */
export function spaceOf({ sizeBytes, usedBytes }: DiskState): {
  readonly blockBytes: number;
  readonly blocks: number;
  readonly free: number;
  readonly available: number;
} {
  const blocks = sizeBytes / BLOCK_BYTES;
  const free = Math.max(0, blocks - usedBytes / BLOCK_BYTES);
  return { blockBytes: BLOCK_BYTES, blocks, free, available: Math.max(0, free - blocks * RESERVED) };
}

function stat(
  mount: number,
  blocks: number,
  free: number,
  available: number,
  files: number,
  filesFree: number,
): string {
  return `stat ${mount} ${BLOCK_BYTES} ${[blocks, free, available, files, filesFree].map(whole).join(' ')}\n`;
}
