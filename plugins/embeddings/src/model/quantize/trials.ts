import { type CallOptions, cosineSimilarity, type LoadedModel, type ModelRuntime } from '@aiwork/core';
import type { EncoderSpec } from '../encoder-spec.ts';
import { linearNames } from '../encoder-weights.ts';
import type { ModelProvenance } from '../file/model-format.ts';
import { type PlacedTensors, placeTensors, tensorsIn } from '../file/place-tensors.ts';
import { encoderGraph, type LinearObserver } from '../graph/encoder-graph.ts';
import type { ModelTensor } from '../model-tensor.ts';
import { inferTokens } from './embed-tokens.ts';
import { type InputRange, observeRanges, rangeOutputs, widen } from './input-ranges.ts';
import { placedSource } from './placed-source.ts';
import { startQuantizeThread } from './quantize-thread.ts';

/** A quantized model, and how near its vectors stayed to the original's. */
export interface QuantizedEncoder {
  readonly tensors: readonly ModelTensor[];
  readonly report: NonNullable<ModelProvenance['quantization']>;
}

/** Quantizes a model in one way or another, and runs it. */
export interface Trials extends AsyncDisposable {
  /**
   * @param unquantized - Linear layers that stay in floats.
   * @param texts - How many of the checked texts are run. Default: all.
   */
  attempt(smoothing: number, unquantized: ReadonlySet<string>, texts?: number): Promise<QuantizedEncoder>;
}

/** Texts as tokens: some say what numbers occur in the model, others what becomes of its vectors. */
export interface TrialTexts {
  readonly calibrating: readonly ArrayLike<number>[];
  readonly checking: readonly ArrayLike<number>[];
}

export interface TrialOptions extends CallOptions {
  readonly runtime: ModelRuntime;
  /** Is called for each text that was run. */
  readonly onText: () => void;
}

/** Runs the original, to see what numbers occur in it and what its vectors are. */
export async function openTrials(
  spec: EncoderSpec,
  floats: readonly ModelTensor[],
  { calibrating, checking }: TrialTexts,
  { runtime, onText, signal }: TrialOptions,
): Promise<Trials> {
  const names = linearNames(spec.layers);
  const load = (placed: PlacedTensors, observe?: LinearObserver) => {
    const graph = encoderGraph(spec, placed.places, observe);
    const more = observe ? rangeOutputs(names).map((name) => ({ name, type: 'float32' as const })) : [];
    const source = placedSource({ ...graph, outputs: [...graph.outputs, ...more] }, placed);
    return runtime.load(source, signal && { signal });
  };
  const vectorsOf = async (model: LoadedModel, texts: TrialTexts['checking']) => {
    const vectors: Float32Array[] = [];
    for (const ids of texts) {
      vectors.push((await inferTokens(model, ids, signal)).vector);
      onText();
    }
    return vectors;
  };

  const originalWeights = placeTensors(floats, 'weights');
  await using observed = await load(originalWeights, observeRanges);
  const ranges = new Map<string, InputRange>();
  for (const ids of calibrating) {
    widen(ranges, names, (await inferTokens(observed, ids, signal)).outputs, ids.length);
    onText();
  }
  const originals = await vectorsOf(observed, checking);
  const thread = startQuantizeThread({ floats: tensorsIn(originalWeights), ranges });
  return {
    attempt: async (smoothing, unquantized, texts = checking.length) => {
      const placed = await thread.quantize({ smoothing, unquantized }, signal);
      await using model = await load(placed);
      const vectors = await vectorsOf(model, checking.slice(0, texts));
      const cosines = vectors.map((vector, i) => cosineSimilarity(vector, originals[i] ?? vector));
      return {
        tensors: tensorsIn(placed),
        report: {
          texts: cosines.length,
          meanCosine: cosines.reduce((sum, each) => sum + each, 0) / cosines.length,
          worstCosine: Math.min(...cosines),
          smoothing,
          unquantized: [...unquantized],
        },
      };
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
