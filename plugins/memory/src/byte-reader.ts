/** Reads what a byte writer wrote; throws a `RangeError` where the bytes end too early or mean nothing. */
export interface ByteReader {
  readonly atEnd: boolean;
  varint(): number;
  text(): string;
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

  return {
    get atEnd() {
      return position === buffer.length;
    },
    varint,
    text() {
      const size = varint();
      if (size > buffer.length - position) throw new RangeError('a text is cut off');
      const start = position;
      position += size;
      return buffer.toString('utf8', start, position);
    },
  };
}
