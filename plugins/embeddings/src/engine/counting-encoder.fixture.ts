import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Encoder } from './encoder.ts';

const tokenizer = readFileSync(new URL('../../test/tokenizer/byte-bpe.json', import.meta.url), 'utf8');

const drawnFor = (id: number) => createHash('sha256').update(`${id}`).digest();

function vectorOf(ids: Uint32Array): Float32Array {
  const drawn = Array.from(ids, drawnFor);
  const sum = Float32Array.from({ length: 32 }, (_, i) =>
    drawn.reduce((total, bytes) => total + (bytes[i] ?? 0) - 127.5, 0),
  );
  const length = Math.hypot(...sum);
  return sum.map((part) => part / length);
}

/** An encoder that needs no model, and what it was asked for. */
export function countingEncoder(changes: Partial<Encoder> = {}): Encoder & {
  /** The lengths of the texts of each batch. */
  readonly batches: readonly (readonly number[])[];
} {
  const batches: (readonly number[])[] = [];
  return {
    id: 'counting-1',
    dimensions: 32,
    maxTokens: 64,
    normalized: true,
    tolerance: 1e-6,
    tokenizer,
    prompts: {},
    concurrency: 1,
    async encode(batch) {
      batches.push(batch.map(({ length }) => length));
      await new Promise((resolve) => setImmediate(resolve));
      return batch.map(vectorOf);
    },
    close: async () => {},
    batches,
    ...changes,
  };
}
