import { join } from 'node:path';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { convertModel } from '../src/model/convert-model.ts';
import type { Pooling } from '../src/model/encoder-spec.ts';
import { openModel } from '../src/model/file/open-model.ts';
import { modelFolder } from './model-folder.fixture.ts';
import { embedBatch, expectedOf, furthest, type Vectors } from './reference.fixture.ts';

// Engines take their time where many share a processor.
vi.setConfig({ testTimeout: 120_000 });

const runtime = createOnnxRuntime();
afterAll(() => runtime.close());

async function converted(kind: 'bert' | 'roberta' | 'mpnet', pooling: Pooling, precision: 'fp32' | 'fp16') {
  await using folder = await modelFolder(kind, { pooling });
  const path = join(folder.path, 'model.arrow');
  await convertModel({ from: folder.path, path, precision });
  const model = await openModel(path);
  const loaded = await runtime.load(model.source('memory'));
  return {
    embed: (texts: Vectors) => embedBatch(loaded, texts),
    [Symbol.asyncDispose]: () => loaded.close(),
  };
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
    const unit = mean.map((vector) => vector.map((x) => x / Math.hypot(...vector)));
    expect(furthest(await embedBatch(loaded, ids), unit)).toBeLessThan(1e-5);
  });
});
