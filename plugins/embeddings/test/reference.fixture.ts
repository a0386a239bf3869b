import { readFile } from 'node:fs/promises';
import type { LoadedModel } from '@aiwork/core';
import type { Pooling } from '../src/model/encoder-spec.ts';

export type Vectors = readonly (readonly number[])[];
export type Expected = { readonly ids: Vectors } & Readonly<Record<Pooling, Vectors>>;

/** What PyTorch computed: see `make-models.py`. */
export async function expectedOf(kind: string): Promise<Expected> {
  return JSON.parse(await readFile(new URL(`models/${kind}/expected.json`, import.meta.url), 'utf8'));
}

/** Texts of these tokens, in one batch of the length of the longest. */
export function batchOf(texts: Vectors) {
  const length = Math.max(...texts.map((ids) => ids.length));
  const shape = [texts.length, length];
  const cells = (cell: (id: number | undefined) => number) =>
    BigInt64Array.from(texts.flatMap((ids) => Array.from({ length }, (_, i) => BigInt(cell(ids[i])))));
  return {
    input_ids: { type: 'int64', shape, data: cells((id) => id ?? 0) },
    attention_mask: { type: 'int64', shape, data: cells((id) => (id === undefined ? 0 : 1)) },
  } as const;
}

/** The vectors of texts of these tokens. */
export async function embedBatch(loaded: LoadedModel, texts: Vectors): Promise<Vectors> {
  const { embedding } = await loaded.infer(batchOf(texts));
  if (embedding?.type !== 'float32') throw new TypeError('no embedding');
  const [, width = 0] = embedding.shape;
  return texts.map((_, i) => [...embedding.data.subarray(i * width, (i + 1) * width)]);
}

/** Most that a number of vectors differs from that of others. */
export function furthest(vectors: Vectors, from: Vectors): number {
  return Math.max(
    ...vectors.flatMap((vector, i) => vector.map((x, at) => Math.abs(x - (from[i]?.[at] ?? NaN)))),
  );
}
