import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/model-folder.fixture.ts';
import { type FileParts, partsOfBytes, partsOfFile } from './file-parts.ts';

// Longer than what is read at once, and by no round number.
const bytes = Uint8Array.from({ length: 2 ** 21 + 77 }, (_, i) => i * 31 + (i >> 8));

const sources: readonly (readonly [string, (path: string) => Promise<FileParts>])[] = [
  ['memory', async () => partsOfBytes(bytes)],
  ['a file', (path) => partsOfFile(path, undefined)],
];

describe.each(sources)('parts of %s', (_, open) => {
  async function opened() {
    const folder = await temporaryFolder();
    const path = join(folder.path, 'file');
    await writeFile(path, bytes);
    const parts = await open(path);
    const close = async () => {
      await parts[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    };
    return { parts, path, [Symbol.asyncDispose]: close };
  }

  it('are its bytes, wherever they lie and in whichever order', async () => {
    await using file = await opened();
    const { parts } = file;
    expect(parts.size).toBe(bytes.byteLength);
    const places = [
      [0, 8],
      [4, 3],
      [2 ** 15 - 2, 4],
      [7, 2 ** 20],
      [6, 2],
      [bytes.byteLength - 5, 5],
      [bytes.byteLength, 0],
    ] as const;
    for (const [start, length] of places) {
      const part = await parts.read(start, length);
      expect(Buffer.compare(part, bytes.subarray(start, start + length)), `${length} at ${start}`).toBe(0);
    }
  });

  it('stay what they are when others are read', async () => {
    await using file = await opened();
    const { parts } = file;
    const first = await parts.read(3, 5);
    await parts.read(2 ** 20, 5);
    expect(first).toEqual(bytes.slice(3, 8));
  });

  it('come in pieces that make up the whole', async () => {
    await using file = await opened();
    const { parts } = file;
    const read: Uint8Array[] = [];
    for await (const piece of parts.pieces(3, bytes.byteLength - 3)) read.push(piece.slice());
    expect(read.length).toBeGreaterThan(1);
    expect(Buffer.compare(Buffer.concat(read), bytes.subarray(3))).toBe(0);
  });

  it.each([
    [-1, 4],
    [0, -4],
    [2 ** 21 + 70, 8],
    [2 ** 40, 1],
    [0, 2 ** 40],
  ])('of %d bytes and %d more are refused', async (start, length) => {
    await using file = await opened();
    const { parts } = file;
    await expect(parts.read(start, length)).rejects.toThrow(RangeError);
    await expect(Array.fromAsync(parts.pieces(start, length))).rejects.toThrow(RangeError);
  });
});

describe('parts of a file', () => {
  it('say that it became shorter', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'file');
    await writeFile(path, bytes);
    await using parts = await partsOfFile(path, undefined);
    await truncate(path, 10);
    await expect(parts.read(0, 20)).rejects.toMatchObject({
      code: 'AIWORK_MODEL_UNREADABLE',
      message: expect.stringContaining('it ended after 10 bytes'),
    });
  });

  it('are read no more when the signal fires', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'file');
    await writeFile(path, bytes);
    const abort = new AbortController();
    const reason = new Error('enough');
    await using parts = await partsOfFile(path, abort.signal);
    abort.abort(reason);
    await expect(parts.read(0, 1)).rejects.toBe(reason);
  });
});
