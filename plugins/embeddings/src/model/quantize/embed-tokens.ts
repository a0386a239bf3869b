import type { LoadedModel, Tensor } from '@aiwork/core';

/** What one text alone comes to, with whatever else the graph tells. */
export async function inferTokens(
  model: LoadedModel,
  ids: ArrayLike<number>,
  signal?: AbortSignal,
): Promise<{ readonly vector: Float32Array; readonly outputs: Readonly<Record<string, Tensor>> }> {
  const shape = [1, ids.length];
  const outputs = await model.infer(
    {
      input_ids: { type: 'int64', shape, data: BigInt64Array.from(ids, BigInt) },
      attention_mask: { type: 'int64', shape, data: new BigInt64Array(ids.length).fill(1n) },
    },
    signal && { signal },
  );
  const { embedding } = outputs;
  if (embedding?.type !== 'float32') throw new TypeError('the graph gave no embedding');
  return { vector: embedding.data, outputs };
}
