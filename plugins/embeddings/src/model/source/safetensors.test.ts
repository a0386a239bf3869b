import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safetensors, temporaryFolder } from '../../../test/model-folder.fixture.ts';
import { readSafetensors } from './safetensors.ts';

async function read(bytes: Uint8Array) {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'w.safetensors');
  await writeFile(path, bytes);
  await using file = await open(path);
  const tensors = await readSafetensors(file, 'w.safetensors');
  const floats: Record<string, Float32Array> = {};
  for (const [name, tensor] of tensors) floats[name] = await tensor.floats();
  return floats;
}

const two = { a: [1, 2], b: [3, 4, 5] };

describe('readSafetensors', () => {
  it('reads floats', async () => {
    expect(await read(safetensors(two))).toEqual({ a: Float32Array.of(1, 2), b: Float32Array.of(3, 4, 5) });
  });

  it('reads halves and brain floats as the floats they stand for', async () => {
    // 1, -2 and the least half there is; 1, -2 and 3.140625 as brain floats.
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x3f80, 0xc000, 0x4049);
    const floats = Float32Array.from(new Float32Array(halves.buffer));
    const bytes = safetensors({ a: [...floats] }, (header) => {
      delete header['a'];
      header['half'] = { dtype: 'F16', shape: [3], data_offsets: [0, 6] };
      header['brain'] = { dtype: 'BF16', shape: [3], data_offsets: [6, 12] };
    });
    Buffer.from(halves.buffer).copy(bytes, bytes.byteLength - 12);
    expect(await read(bytes)).toEqual({
      half: Float32Array.of(1, -2, 2 ** -24),
      brain: Float32Array.of(1, -2, 3.140625),
    });
  });

  it.each<[what: string, change: Parameters<typeof safetensors>[1], message: string]>([
    ['a gap', (h) => void h['b']?.data_offsets.splice(0, 2, 12, 24), 'no tensor has the bytes 8 to 12'],
    [
      'an overlap',
      (h) => void h['b']?.data_offsets.splice(0, 2, 4, 16),
      'b begins at 4, within another tensor',
    ],
    ['bytes behind the last', (h) => delete h['b'], 'has 12 bytes that no tensor has'],
    [
      'a length that its shape does not say',
      (h) => void h['b']?.shape.push(2),
      'b has 12 bytes, and 24 by its type F32 and shape [3,2]',
    ],
    [
      'a type nobody knows',
      (h) => Object.assign(h['b'] ?? {}, { dtype: 'F4' }),
      'b is of type F4, which is not known',
    ],
    ['offsets backwards', (h) => void h['b']?.data_offsets.splice(0, 2, 20, 8), 'b has -12 bytes'],
    [
      'a negative offset',
      (h) => void h['a']?.data_offsets.splice(0, 2, -8, 0),
      'the header of w.safetensors is not as it should be',
    ],
    [
      'no shape',
      (h) => Object.assign(h['b'] ?? {}, { shape: undefined }),
      'the header of w.safetensors is not as it should be',
    ],
  ])('refuses %s', async (_, change, message) => {
    await expect(read(safetensors(two, change))).rejects.toThrow(message);
  });

  it('refuses weights that are no floats, by name', async () => {
    const integers = safetensors(two, (h) => Object.assign(h['b'] ?? {}, { dtype: 'I32' }));
    await expect(read(integers)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_UNSUPPORTED',
      message: 'w.safetensors: b is of type I32; weights are to be one of F32, F16, BF16',
    });
  });

  it('refuses a file that is cut off, wherever that is', async () => {
    const whole = safetensors(two);
    for (let bytes = 0; bytes < whole.byteLength; bytes += 1) {
      await expect(read(whole.subarray(0, bytes)), `after ${bytes} bytes`).rejects.toMatchObject({
        code: 'AIWORK_MODEL_UNREADABLE',
      });
    }
  });

  it('refuses a header that is said to be longer than any file, without reading it', async () => {
    const bytes = safetensors(two);
    bytes.writeBigUInt64LE(2n ** 63n);
    await expect(read(bytes)).rejects.toThrow('says that its header has 9223372036854775808 bytes');
  });

  it('reads or refuses whatever it is given', async () => {
    const whole = safetensors(two);
    const damaged = fc.array(fc.tuple(fc.nat(whole.byteLength - 21), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(damaged, async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        await read(bytes).catch((error: unknown) => {
          expect(error).toMatchObject({
            code: expect.stringMatching(/^AIWORK_MODEL_UN(READABLE|SUPPORTED)$/),
          });
        });
      }),
      { numRuns: 100 },
    );
  });
});
