/** First room, in bytes: most answers of a node fit. */
const FIRST_ROOM = 16_384;

/**
 * Bytes that arrive piece by piece, in one stretch of memory: at most twice as much as was said. A list of the pieces would cost whoever
 * receives them a hundred times of what a peer sends that sends one byte at a time.
 */
export class ByteBuffer {
  #bytes = Buffer.alloc(0);
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of memory that are held. */
  get room(): number {
    return this.#bytes.length;
  }

  append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_ROOM, 2 * this.#bytes.length, length));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** The last bytes; the same memory, to be read before anything is appended. */
  tail(length: number): Buffer {
    return this.#bytes.subarray(Math.max(0, this.#length - length), this.#length);
  }

  /** As UTF-8, less so many bytes at the end; what cannot be decoded is U+FFFD. */
  toString(without = 0): string {
    return this.#bytes.toString('utf8', 0, this.#length - without);
  }
}
