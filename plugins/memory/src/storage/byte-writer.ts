/** Collects bytes into chunks of about 64 KB. */
export interface ByteWriter {
  readonly length: number;
  /** An unsigned whole number in LEB128: seven bits a byte, lowest first. */
  varint(value: number): void;
  /** UTF-8, after its length in bytes. */
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  /** What was written since the last call. */
  take(): Uint8Array;
}

export function createByteWriter(): ByteWriter {
  let buffer = Buffer.allocUnsafe(1 << 16);
  let length = 0;

  function reserve(more: number): void {
    if (length + more <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * buffer.length, length + more));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  }

  function varint(value: number): void {
    reserve(8);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) buffer[length++] = (rest % 0x80) | 0x80;
    buffer[length++] = rest;
  }

  return {
    get length() {
      return length;
    },
    varint,
    text(text) {
      const size = Buffer.byteLength(text);
      varint(size);
      reserve(size);
      length += buffer.write(text, length);
    },
    bytes(bytes) {
      reserve(bytes.length);
      buffer.set(bytes, length);
      length += bytes.length;
    },
    take() {
      const taken = Buffer.copyBytesFrom(buffer, 0, length);
      length = 0;
      return taken;
    },
  };
}
