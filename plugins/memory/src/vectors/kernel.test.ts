import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';
import { openKernel } from './kernel.ts';

const bytesOf = (arbitrary: fc.Arbitrary<number>, count: number, stride: number) =>
  fc.array(arbitrary, { minLength: count * stride, maxLength: count * stride });

const codes = fc
  .record({ count: fc.integer({ min: 0, max: 5 }), blocks: fc.integer({ min: 1, max: 9 }) })
  .chain(({ count, blocks }) => {
    const stride = 16 * blocks;
    return fc.record({
      count: fc.constant(count),
      stride: fc.constant(stride),
      bytes: bytesOf(fc.integer({ min: -128, max: 127 }), count, stride),
      query: bytesOf(fc.integer({ min: -32768, max: 32767 }), 1, stride),
    });
  });

describe('the kernel', () => {
  it('is what its text says: `vitest -u` assembles it anew', async () => {
    const { parseWat } = await wabt();
    const text = await readFile(new URL('./kernel.wat', import.meta.url), 'utf8');
    const { buffer } = parseWat('kernel.wat', text, { simd: true }).toBinary({});
    const lines = Buffer.from(buffer)
      .toString('base64')
      .match(/.{1,100}/g);
    await expect(
      [
        '// What kernel.wat is assembled to, by kernel.test.ts.',
        'export const kernelBytes =',
        `${lines?.map((line) => `  '${line}'`).join(' +\n')};`,
        '',
      ].join('\n'),
    ).toMatchFileSnapshot('./kernel-bytes.ts');
  });

  it('multiplies signed bytes with 16-bit integers', () => {
    fc.assert(
      fc.property(codes, ({ count, stride, bytes, query }) => {
        const kernel = openKernel({ stride, queryBytes: 2 * stride });
        kernel.reserve(count);
        new Int8Array(kernel.codes.buffer, kernel.codes.byteOffset).set(bytes);
        const found = Array.from(kernel.dots(Int16Array.from(query), 0, count));
        const expected = Array.from({ length: count }, (_, code) =>
          query.reduce((sum, value, i) => (sum + value * (bytes[code * stride + i] as number)) | 0, 0),
        );
        expect(found).toEqual(expected);
      }),
    );
  });

  it('finds what differs in few bits, and in how many', () => {
    const ones = (byte: number) => byte.toString(2).replaceAll('0', '').length;
    fc.assert(
      fc.property(
        codes,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ count, stride, bytes, query }, share) => {
          const kernel = openKernel({ stride, queryBytes: stride });
          kernel.reserve(count);
          kernel.codes.set(bytes.map((byte) => byte & 0xff));
          const wanted = Uint8Array.from(query.map((value) => value & 0xff));
          const differences = Array.from({ length: count }, (_, code) =>
            wanted.reduce(
              (sum, byte, i) => sum + ones(byte ^ ((bytes[code * stride + i] as number) & 0xff)),
              0,
            ),
          );
          // That of one of them, so that a limit that is met to the bit comes up.
          const limit = differences.toSorted((a, b) => a - b)[Math.floor(share * (count - 1))] ?? 0;
          const from = count >> 1;
          const expected = differences.flatMap((bits, code) =>
            code >= from && bits <= limit ? [[code, bits]] : [],
          );
          expect(Array.from(kernel.near(wanted, from, count, limit))).toEqual(expected.flat());
        },
      ),
    );
  });

  it('keeps codes when it makes room for more', () => {
    const kernel = openKernel({ stride: 16, queryBytes: 32 });
    kernel.reserve(1);
    kernel.codes[3] = 7;
    kernel.reserve(100_000);
    kernel.codes[16 * 99_999 + 3] = 5;
    const query = new Int16Array(16);
    query[3] = 11;
    expect(kernel.dots(query, 0, 1)[0]).toBe(77);
    expect(kernel.dots(query, 99_998, 100_000)[1]).toBe(55);
  });
});
