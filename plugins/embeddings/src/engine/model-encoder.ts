import type { CallOptions, LoadedModel, LoadOptions, ModelRuntime, Precision, Tensor } from '@aiwork/core';
import type { MappedModel } from '../model/file/open-mapped.ts';
import { unreadable } from '../model/model-error.ts';
import type { Encoder } from './encoder.ts';

/** How a model is run. @since 0.1.0 */
export interface EncoderOptions
  extends Pick<LoadOptions, 'device' | 'precision' | 'threads' | 'cacheDir'>,
    CallOptions {
  /** How many batches are worked on at a time. Default 1: each has all threads. */
  readonly streams?: number;
}

/**
 * Most by which a component of a vector differs from batch to batch: engines add up in another order where a batch has
 * another shape, and what is quantized falls to one side or the other of a step.
 */
const tolerances = { fp32: 1e-5, fp16: 1e-5, int8: 0.01 } as const;

/** The same, of what an engine was told to compute in: there, a sum is rounded to so much less. */
const computedTolerances: Readonly<Partial<Record<Precision, number>>> = { fp16: 0.001, bf16: 0.01 };

/** By what is stored, and by what it is computed in. */
function toleranceOf(stored: keyof typeof tolerances, computed: Precision | undefined): number {
  return Math.max(tolerances[stored], (computed && computedTolerances[computed]) ?? 0);
}

/** Makes a model ready to run on an engine, which needs its file from then on, and nothing else of it. */
export async function openEncoder(
  model: Omit<MappedModel, 'check' | typeof Symbol.asyncDispose>,
  runtime: Pick<ModelRuntime, 'load'>,
  { streams = 1, ...options }: EncoderOptions = {},
): Promise<Encoder> {
  const { id, spec, provenance, tokenizer } = model;
  const loaded = await runtime.load(model.source(), { streams, ...options });
  return {
    id,
    dimensions: spec.hidden,
    maxTokens: spec.maxTokens,
    normalized: spec.normalized,
    tolerance: toleranceOf(provenance.precision, loaded.ranOn.precision ?? options.precision),
    tokenizer,
    prompts: spec.prompts,
    concurrency: streams,
    encode: (batch) => encodeBatch(loaded, batch, spec.hidden),
    close: () => loaded.close(),
  };
}

async function encodeBatch(
  loaded: LoadedModel,
  batch: readonly Uint32Array[],
  dimensions: number,
): Promise<readonly Float32Array[]> {
  const longest = batch.reduce((most, { length }) => Math.max(most, length), 1);
  const shape = [batch.length, longest];
  const ids = new BigInt64Array(batch.length * longest);
  const mask = new BigInt64Array(batch.length * longest);
  for (const [row, tokens] of batch.entries()) {
    const start = row * longest;
    // What fills a text up is masked, so that it matters to nothing which token it is.
    for (const [i, token] of tokens.entries()) ids[start + i] = BigInt(token);
    mask.fill(1n, start, start + tokens.length);
  }
  const inputs: Record<'input_ids' | 'attention_mask', Tensor> = {
    input_ids: { type: 'int64', shape, data: ids },
    attention_mask: { type: 'int64', shape, data: mask },
  };
  const { embedding } = await loaded.infer(inputs, { transfer: true });
  if (embedding?.type !== 'float32' || embedding.data.length !== batch.length * dimensions)
    throw unreadable(`the model gave no vectors of ${dimensions} dimensions: convert it again`);
  const { data } = embedding;
  return batch.map((_, row) => data.slice(row * dimensions, (row + 1) * dimensions));
}
