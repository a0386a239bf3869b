import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkSums } from './check-sums.ts';
import type { ModelRow } from './read-rows.ts';

const row = (name: string, data: Uint8Array): ModelRow => ({
  name,
  type: 'uint8',
  shape: [data.byteLength],
  sum: crc32(data),
  data,
});

describe('checksums', () => {
  const long = Uint8Array.from({ length: 9 * 2 ** 20 }, (_, i) => i * 7 + (i >> 8));

  it('are compared to the last byte, wherever a turn of the event loop ends', async () => {
    const rows = [row('short', Uint8Array.of(1, 2)), row('none', new Uint8Array(0)), row('long', long)];
    await checkSums(rows, 'm.arrow', undefined);
    const changed = long.slice();
    changed[changed.length - 1] = 1 + (long.at(-1) ?? 0);
    const damaged = [...rows, { ...row('last', long), data: changed }];
    await expect(checkSums(damaged, 'm.arrow', undefined)).rejects.toThrow('m.arrow is damaged: last');
  });

  it('leave turns to others, who may abort them', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const comparing = checkSums([row('long', long)], 'm.arrow', abort.signal);
    setImmediate(() => abort.abort(reason));
    await expect(comparing).rejects.toBe(reason);
  });
});
