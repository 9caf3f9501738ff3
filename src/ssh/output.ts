import { ByteBuffer } from '../core/byte-buffer.js';

/** What is kept of standard error, in bytes. */
const STDERR_BYTES = 4096;

/** What a command has printed so far, in bounds. */
export class Output {
  readonly #maxBytes: number;
  readonly #stdout = new ByteBuffer();
  readonly #stderr = new ByteBuffer();

  /** @param maxBytes of standard output */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of standard output. */
  get bytes(): number {
    return this.#stdout.length;
  }

  /** @returns false when it is more than the bound */
  takeStdout(chunk: Buffer): boolean {
    this.#stdout.append(chunk);
    return this.#stdout.length <= this.#maxBytes;
  }

  takeStderr(chunk: Buffer): void {
    this.#stderr.append(chunk.subarray(0, STDERR_BYTES - this.#stderr.length));
  }

  /** The last bytes of standard output. */
  tail(length: number): Buffer {
    return this.#stdout.tail(length);
  }

  /** All of it as text, less so many bytes at the end of standard output; undecodable bytes are U+FFFD. */
  texts(without = 0): { readonly stdout: string; readonly stderr: string } {
    return { stdout: this.#stdout.toString(without), stderr: this.#stderr.toString() };
  }
}
