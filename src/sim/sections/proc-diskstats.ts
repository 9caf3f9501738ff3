import { type Renderer, whole } from './renderer.js';

const SECTOR_BYTES = 512;
const READ_BYTES = 131_072;
const WRITTEN_BYTES = 65_536;
/** Milliseconds that one request takes. */
const READ_MS = 0.7;
const WRITE_MS = 2.1;
/** The partition of the firmware is read when it is mounted, and then left alone. */
const FIRMWARE = ' 253      15 vda15 142 0 9812 61 1 0 1 0 0 48 61 0 0 0 0 0 0\n';

/** /proc/diskstats with one virtual disk and its partitions, see the kernel's Documentation/admin-guide/iostats.rst. */
export const procDiskstats: Renderer = ({ disk: { readBytes, writtenBytes, busySeconds } }) => {
  const reads = readBytes / READ_BYTES;
  const writes = writtenBytes / WRITTEN_BYTES;
  const readMs = reads * READ_MS;
  const writeMs = writes * WRITE_MS;
  const columns = [
    ...[reads, reads * 0.02, readBytes / SECTOR_BYTES, readMs],
    ...[writes, writes * 0.3, writtenBytes / SECTOR_BYTES, writeMs],
    ...[0, busySeconds * 1_000, readMs + writeMs],
    ...[0, 0, 0, 0],
    ...[writes * 0.01, writes * 0.02],
  ]
    .map(whole)
    .join(' ');
  return ` 253       0 vda ${columns}\n 253       1 vda1 ${columns}\n${FIRMWARE}`;
};
