import { limitExceeded } from '../refusals.ts';
import { kernelBytes } from './kernel-bytes.ts';

/** What a WebAssembly memory can hold. */
const pageBytes = 65_536;
const mostPages = 65_536;
/** So many codes a call: what it writes stays in the cache until it is read. */
export const kernelBlock = 4096;
/** Results of a call: at most two numbers for each code. */
const outBytes = 8 * kernelBlock;

/** As much of `WebAssembly` as is used: without the types of a browser, TypeScript does not know it. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  dots(query: number, codes: number, count: number, stride: number, out: number): void;
  near(
    query: number,
    codes: number,
    number: number,
    count: number,
    stride: number,
    limit: number,
    out: number,
  ): number;
}

/** Codes of vectors, and what 128-bit instructions find of all of them. Codes are numbered from 0. */
export interface Kernel {
  /** All codes, one after the other; another view after `reserve`. */
  readonly codes: Uint8Array;
  /** @throws AiworkError `AIWORK_LIMIT_EXCEEDED` when there cannot be so many. */
  reserve(count: number): void;
  /** Puts the last code in the place of another, and wipes out what it was. */
  moveLast(last: number, to: number): void;
  /** The products of the query with the codes from one to before another; valid until the next call. */
  dots(query: Int16Array, from: number, to: number): Int32Array;
  /**
   * Of the codes from one to before another those that differ from the query in at most `limit` bits: the number of each,
   * and in how many; valid until the next call.
   */
  near(query: Uint8Array, from: number, to: number, limit: number): Int32Array;
}

const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;
let compiled: object | undefined;

/** `stride`: bytes of a code, a multiple of 16. A call is for no more codes than {@link kernelBlock}. */
export function openKernel({
  stride,
  queryBytes,
}: {
  readonly stride: number;
  readonly queryBytes: number;
}): Kernel {
  compiled ??= new Module(Buffer.from(kernelBytes, 'base64'));
  const exports = new Instance(compiled).exports as Exports;
  const { memory } = exports;
  const queryAt = outBytes;
  const codesAt = queryAt + Math.ceil(queryBytes / 16) * 16;
  let codes = new Uint8Array(memory.buffer, codesAt);

  function reserve(count: number): void {
    const needed = codesAt + count * stride;
    const has = memory.buffer.byteLength;
    if (needed <= has) return;
    const pages = Math.ceil(needed / pageBytes);
    if (pages > mostPages) {
      const most = Math.floor((pageBytes * mostPages - codesAt) / stride);
      throw limitExceeded(
        `${count} vectors are more than one memory holds at this size (${most}): use several`,
      );
    }
    memory.grow(Math.min(mostPages, Math.ceil(1.5 * pages)) - has / pageBytes);
    codes = new Uint8Array(memory.buffer, codesAt);
  }

  function place(query: ArrayBufferView): void {
    new Uint8Array(memory.buffer, queryAt).set(
      new Uint8Array(query.buffer, query.byteOffset, query.byteLength),
    );
  }

  return {
    get codes() {
      return codes;
    },
    reserve,
    moveLast(last, to) {
      codes.copyWithin(to * stride, last * stride, (last + 1) * stride);
      codes.fill(0, last * stride, (last + 1) * stride);
    },
    dots(query, from, to) {
      place(query);
      exports.dots(queryAt, codesAt + from * stride, to - from, stride, 0);
      return new Int32Array(memory.buffer, 0, to - from);
    },
    near(query, from, to, limit) {
      place(query);
      const end = exports.near(queryAt, codesAt + from * stride, from, to - from, stride, limit, 0);
      return new Int32Array(memory.buffer, 0, end / 4);
    },
  };
}
