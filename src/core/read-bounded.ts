import { open } from 'node:fs/promises';

/** Whether a file was refused for its size. */
export class FileTooLarge extends Error {
  /** As the system calls it. */
  readonly code = 'EFBIG';

  constructor(maxBytes: number) {
    super(`it is larger than ${sizeOf(maxBytes)}`);
    this.name = 'FileTooLarge';
  }
}

/**
 * The content of a file, or of a device or pipe, that is not to fill the memory whatever it is.
 *
 * @throws {FileTooLarge} when there is more than `maxBytes`; no more than that was read
 * @throws what the system says when it cannot be read
 */
export async function readBounded(path: string, maxBytes: number): Promise<Buffer> {
  await using handle = await open(path);
  const stats = await handle.stat();
  const size = stats.isFile() ? stats.size : 0;
  if (size > maxBytes) throw new FileTooLarge(maxBytes);
  // A device or a pipe has no size, and a file may grow meanwhile.
  let bytes = Buffer.alloc(Math.min(maxBytes, Math.max(size, 4096)) + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
    if (length > maxBytes) throw new FileTooLarge(maxBytes);
    if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(maxBytes, 2 * length) + 1);
  }
}

/** Bytes of the largest text that a command of pipefleet takes from a file: lists of ten thousand nodes and their keys are smaller. */
const TEXT_BYTES = 32 * 1_048_576;

/**
 * The text of a file that somebody has named, or that pipefleet keeps.
 *
 * @throws as {@link readBounded}
 */
export async function readText(path: string, encoding: 'utf8' | 'latin1' = 'utf8'): Promise<string> {
  return (await readBounded(path, TEXT_BYTES)).toString(encoding);
}

function sizeOf(bytes: number): string {
  return bytes >= 1_048_576 ? `${bytes / 1_048_576} MiB` : `${bytes / 1024} KiB`;
}
