import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { convertModel } from '../src/model/convert-model.ts';
import type { Pooling } from '../src/model/encoder-spec.ts';
import { openModel } from '../src/model/file/open-model.ts';
import { modelFolder } from './model-folder.fixture.ts';

// Engines take their time where many share a processor.
vi.setConfig({ testTimeout: 120_000 });

const runtime = createOnnxRuntime();
afterAll(() => runtime.close());

type Vectors = readonly (readonly number[])[];
type Expected = { readonly ids: Vectors } & Readonly<Record<Pooling, Vectors>>;

/** What PyTorch computed: see `make-models.py`. */
async function expectedOf(kind: string): Promise<Expected> {
  return JSON.parse(await readFile(new URL(`models/${kind}/expected.json`, import.meta.url), 'utf8'));
}

/** Texts of these tokens, in one batch of the length of the longest. */
function batchOf(texts: Vectors) {
  const length = Math.max(...texts.map((ids) => ids.length));
  const shape = [texts.length, length];
  const cells = (cell: (id: number | undefined) => number) =>
    BigInt64Array.from(texts.flatMap((ids) => Array.from({ length }, (_, i) => BigInt(cell(ids[i])))));
  return {
    input_ids: { type: 'int64', shape, data: cells((id) => id ?? 0) },
    attention_mask: { type: 'int64', shape, data: cells((id) => (id === undefined ? 0 : 1)) },
  } as const;
}

async function converted(kind: 'bert' | 'roberta' | 'mpnet', pooling: Pooling, precision: 'fp32' | 'fp16') {
  await using folder = await modelFolder(kind, { pooling });
  const path = join(folder.path, 'model.arrow');
  await convertModel({ from: folder.path, path, precision });
  const model = await openModel(path);
  const loaded = await runtime.load(model.source('memory'));
  return {
    embed: async (texts: Vectors) => {
      const { embedding } = await loaded.infer(batchOf(texts));
      if (embedding?.type !== 'float32') throw new TypeError('no embedding');
      const [, width = 0] = embedding.shape;
      return texts.map((_, i) => [...embedding.data.subarray(i * width, (i + 1) * width)]);
    },
    [Symbol.asyncDispose]: () => loaded.close(),
  };
}

function furthest(vectors: Vectors, from: Vectors): number {
  return Math.max(
    ...vectors.flatMap((vector, i) => vector.map((x, at) => Math.abs(x - (from[i]?.[at] ?? NaN)))),
  );
}

const kinds = ['bert', 'roberta', 'mpnet'] as const;
const poolings = ['mean', 'cls', 'max'] as const;
const all = kinds.flatMap((kind) => poolings.map((pooling) => [kind, pooling] as const));

describe.each(all)('%s with %s pooling', (kind, pooling) => {
  it('computes what PyTorch computes, in a batch and one by one', async () => {
    const expected = await expectedOf(kind);
    await using model = await converted(kind, pooling, 'fp32');
    const together = await model.embed(expected.ids);
    expect(furthest(together, expected[pooling])).toBeLessThan(2e-5);
    const alone = [];
    for (const ids of expected.ids) alone.push(...(await model.embed([ids])));
    expect(furthest(alone, together)).toBeLessThan(2e-5);
  });
});

describe('halves', () => {
  it.each(kinds)('keep %s near to what PyTorch computes', async (kind) => {
    const expected = await expectedOf(kind);
    await using model = await converted(kind, 'mean', 'fp16');
    const distance = furthest(await model.embed(expected.ids), expected.mean);
    expect(distance).toBeLessThan(2e-2);
    expect(distance).toBeGreaterThan(0);
  });
});

describe('normalized vectors', () => {
  it('have length 1, and the direction they had', async () => {
    await using folder = await modelFolder('bert', { normalized: true });
    const path = join(folder.path, 'model.arrow');
    await convertModel({ from: folder.path, path });
    await using loaded = await runtime.load((await openModel(path)).source('file'));
    const { ids, mean } = await expectedOf('bert');
    const { embedding } = await loaded.infer(batchOf(ids));
    if (embedding?.type !== 'float32') throw new TypeError('no embedding');
    const unit = mean.map((vector) => vector.map((x) => x / Math.hypot(...vector)));
    expect(furthest([[...embedding.data]], [unit.flat()])).toBeLessThan(1e-5);
  });
});
