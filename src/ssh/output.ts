/** What is kept of standard error, in bytes. */
const STDERR_BYTES = 4096;

/** What a command has printed so far, in bounds. */
export class Output {
  readonly #maxBytes: number;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #stdoutBytes = 0;
  #stderrBytes = 0;

  /** @param maxBytes of standard output */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of standard output. */
  get bytes(): number {
    return this.#stdoutBytes;
  }

  /** @returns false when it is more than the bound */
  takeStdout(chunk: Buffer): boolean {
    this.#stdoutBytes += chunk.length;
    this.#stdout.push(chunk);
    return this.#stdoutBytes <= this.#maxBytes;
  }

  takeStderr(chunk: Buffer): void {
    const room = STDERR_BYTES - this.#stderrBytes;
    if (room <= 0) return;
    this.#stderr.push(chunk.subarray(0, room));
    this.#stderrBytes += Math.min(chunk.length, room);
  }

  /** The last bytes of standard output. */
  tail(length: number): Buffer {
    const chunks: Buffer[] = [];
    let missing = length;
    for (let index = this.#stdout.length - 1; index >= 0 && missing > 0; index--) {
      const chunk = this.#stdout[index] ?? Buffer.alloc(0);
      chunks.unshift(chunk.subarray(Math.max(0, chunk.length - missing)));
      missing -= chunk.length;
    }
    return Buffer.concat(chunks);
  }

  /** All of it as text, less so many bytes at the end of standard output; undecodable bytes are U+FFFD. */
  texts(without = 0): { readonly stdout: string; readonly stderr: string } {
    const stdout = Buffer.concat(this.#stdout, this.#stdoutBytes);
    return {
      stdout: stdout.toString('utf8', 0, stdout.length - without),
      stderr: Buffer.concat(this.#stderr).toString('utf8'),
    };
  }
}
