import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkSums } from './check-sums.ts';
import { partsOfBytes } from './file-parts.ts';
import type { ModelRow } from './read-rows.ts';

/** A file of rows that lie in it one after the other, with the sums of what was written. */
function fileOf(written: Readonly<Record<string, Uint8Array>>, found = written) {
  let end = 0;
  const rows = Object.entries(written).map(([name, data]): ModelRow => {
    const start = end;
    end += data.byteLength;
    const place = { start, length: data.byteLength };
    return { name, type: 'uint8', shape: [data.byteLength], sum: crc32(data), data: place };
  });
  const parts = partsOfBytes(Buffer.concat(Object.values(found)));
  return { file: { parts, path: 'm.arrow', signal: undefined }, rows };
}

describe('checksums', () => {
  const long = Uint8Array.from({ length: 9 * 2 ** 20 }, (_, i) => i * 7 + (i >> 8));

  it('are compared to the last byte, wherever a turn of the event loop ends', async () => {
    const texts = { short: Uint8Array.of(1, 2), none: new Uint8Array(0), long };
    const whole = fileOf(texts);
    await checkSums(whole.file, whole.rows);
    const changed = long.slice();
    changed[changed.length - 1] = 1 + (long.at(-1) ?? 0);
    const damaged = fileOf({ ...texts, last: long }, { ...texts, last: changed });
    await expect(checkSums(damaged.file, damaged.rows)).rejects.toThrow('m.arrow is damaged: last');
  });

  it('leave turns to others, who may abort them', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const { file, rows } = fileOf({ long });
    const comparing = checkSums({ ...file, signal: abort.signal }, rows);
    setImmediate(() => abort.abort(reason));
    await expect(comparing).rejects.toBe(reason);
  });
});
