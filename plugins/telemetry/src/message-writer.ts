/** Longer texts are left to the platform, whose calls cost more than the writing of a short one. */
const shortText = 128;
/** Longest variable-length integer. */
const maxVarintBytes = 10;
const encoder = new TextEncoder();

/**
 * Writes messages of Protocol Buffers into memory that it keeps, as long as that is enough. Fields are named by their keys: the number times 8, plus the
 * type on the wire.
 */
export class MessageWriter {
  readonly #keptBytes: number;
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(keptBytes: number) {
    this.#keptBytes = keptBytes;
    this.#bytes = new Uint8Array(keptBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** All that was written, for whoever takes it; begins anew. */
  take(): Uint8Array {
    const written = this.#bytes.subarray(0, this.#at);
    this.#at = 0;
    if (this.#bytes.length === this.#keptBytes) return written.slice();
    this.#useBytes(new Uint8Array(this.#keptBytes));
    return written;
  }

  /** Begins a message in a field; gives what {@link end} ends it by. */
  begin(key: number): number {
    this.#reserve(2 * maxVarintBytes);
    this.#putVarint(key);
    this.#at += 1;
    return this.#at;
  }

  end(begin: number): void {
    this.#reserve(maxVarintBytes);
    const length = this.#at - begin;
    // One byte was left for the length.
    const more = sizeOfVarint(length) - 1;
    if (more > 0) this.#bytes.copyWithin(begin + more, begin, this.#at);
    this.#at = begin - 1;
    this.#putVarint(length);
    this.#at += length;
  }

  text(key: number, text: string): void {
    const { length } = text;
    this.#reserve(2 * maxVarintBytes + 3 * length);
    this.#putVarint(key);
    const bytes = this.#bytes;
    if (length < shortText) {
      const begin = this.#at + 1;
      let i = 0;
      for (; i < length; i += 1) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        bytes[begin + i] = code;
      }
      if (i === length) {
        bytes[this.#at] = length;
        this.#at = begin + length;
        return;
      }
    }
    const encoded = encoder.encode(text);
    this.#putVarint(encoded.length);
    bytes.set(encoded, this.#at);
    this.#at += encoded.length;
  }

  /** Bytes, given in hexadecimal digits. */
  hex(key: number, digits: string): void {
    const length = digits.length >> 1;
    this.#reserve(2 * maxVarintBytes + length);
    this.#putVarint(key);
    this.#putVarint(length);
    for (let i = 0; i < length; i += 1) {
      this.#bytes[this.#at + i] = (digitAt(digits, 2 * i) << 4) | digitAt(digits, 2 * i + 1);
    }
    this.#at += length;
  }

  /** A whole number within 64 bits. */
  integer(key: number, value: number): void {
    this.#reserve(2 * maxVarintBytes);
    this.#putVarint(key);
    this.#putVarint(value);
  }

  double(key: number, value: number): void {
    this.#reserve(maxVarintBytes + 8);
    this.#putVarint(key);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  fixed32(key: number, value: number): void {
    this.#reserve(maxVarintBytes + 4);
    this.#putVarint(key);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** A time, as nanoseconds in 64 bits. */
  time(key: number, milliseconds: number): void {
    this.#reserve(maxVarintBytes + 8);
    this.#putVarint(key);
    const seconds = Math.floor(milliseconds / 1000);
    const rest = Math.round((milliseconds - seconds * 1000) * 1e6);
    // In two parts, since so many nanoseconds are more than a number holds exactly.
    const high = Math.floor(seconds / 65_536) * 1e9;
    const low = (high % 65_536) * 65_536 + (seconds % 65_536) * 1e9 + rest;
    this.#view.setUint32(this.#at, low % 2 ** 32, true);
    this.#view.setUint32(this.#at + 4, Math.floor(high / 65_536) + Math.floor(low / 2 ** 32), true);
    this.#at += 8;
  }

  #putVarint(value: number): void {
    if (value >= 0 && value < 0x80) {
      this.#bytes[this.#at++] = value;
      return;
    }
    if (value < 0 || value > 0x7fff_ffff) {
      this.#putLongVarint(BigInt.asUintN(64, BigInt(value)));
      return;
    }
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  #putLongVarint(value: bigint): void {
    let rest = value;
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(rest);
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#useBytes(grown);
  }

  #useBytes(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest >>>= 7) size += 1;
  return size;
}

/** The value of a hexadecimal digit. */
function digitAt(digits: string, at: number): number {
  const code = digits.charCodeAt(at);
  // Letters of either case follow their 0x40 or 0x60 by 1 to 6.
  return code < 0x40 ? code & 0xf : (code & 0xf) + 9;
}
