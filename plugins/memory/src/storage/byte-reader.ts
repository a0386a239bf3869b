/** Reads what a byte writer wrote; throws a `RangeError` where the bytes end too early or mean nothing. */
export interface ByteReader {
  readonly atEnd: boolean;
  varint(): number;
  text(): string;
  /** Not a copy. */
  bytes(count: number): Buffer;
}

export function createByteReader(bytes: Uint8Array): ByteReader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;

  function varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      const byte = buffer[position++];
      if (byte === undefined) throw new RangeError('a number is cut off');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too long');
  }

  function take(count: number, what: string): Buffer {
    if (count > buffer.length - position) throw new RangeError(`${what} is cut off`);
    position += count;
    return buffer.subarray(position - count, position);
  }

  return {
    get atEnd() {
      return position === buffer.length;
    },
    varint,
    text: () => take(varint(), 'a text').toString('utf8'),
    bytes: (count) => take(count, 'a vector'),
  };
}
