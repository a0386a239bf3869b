import { AiworkError, type CallOptions, type LoadedModel, type ModelRuntime } from '@aiwork/core';
import { cosine } from '../../engine/cosine.ts';
import { openTokenizer } from '../../tokenizer/open-tokenizer.ts';
import type { EncoderSpec } from '../encoder-spec.ts';
import { linearNames } from '../encoder-weights.ts';
import type { ModelProvenance } from '../file/model-format.ts';
import { placedSource, placeTensors } from '../file/place-tensors.ts';
import { encoderGraph, type LinearObserver } from '../graph/encoder-graph.ts';
import type { ModelTensor } from '../model-tensor.ts';
import { inferTokens } from './embed-tokens.ts';
import { type InputRange, observeRanges, rangeOutputs, widen } from './input-ranges.ts';
import { quantizeLinear, quantizeRows } from './quantize-linear.ts';

/** What quantizing needs besides the model. */
export interface QuantizeOptions extends CallOptions {
  /** What the model is run on meanwhile; what it finds holds for any. */
  readonly runtime: ModelRuntime;
  /** Texts like those that the model is for: half of them say what numbers occur, half what has become of the vectors. */
  readonly texts: readonly string[];
  /** Least mean cosine of the vectors to the original's. */
  readonly minCosine: number;
  /** Is told how many texts were computed, of as many as there will be at most. */
  readonly onTexts: (done: number, total: number) => void;
}

export interface QuantizedEncoder {
  readonly tensors: readonly ModelTensor[];
  readonly report: NonNullable<ModelProvenance['quantization']>;
}

/** How much goes over to the weights, of what is tried. */
const smoothings = [0.6, 0.7, 0.8];

/** How many texts say which layers suffer most, if all suffer too much. */
const rankingTexts = 12;

/** Parts of the linear layers that are left unquantized before it is given up. */
const mostUnquantized = 1 / 3;

/**
 * Quantizes the linear layers and the word vectors of an encoder to integers of 8 bits.
 *
 * Layers that suffer most stay as they are until the vectors are as close to the original's as they must be.
 *
 * @throws `AIWORK_MODEL_INACCURATE` if they do not get that close.
 */
export async function quantizeEncoder(
  spec: EncoderSpec,
  tokenizer: string,
  floats: readonly ModelTensor[],
  options: QuantizeOptions,
): Promise<QuantizedEncoder> {
  const { runtime, minCosine, signal } = options;
  const tokens = await openTokenizer(tokenizer, spec.maxTokens).tokenize(options.texts);
  const calibrating = tokens.filter((_, i) => i % 2 === 0);
  const checking = tokens.filter((_, i) => i % 2 === 1);
  const total = calibrating.length + checking.length * (1 + smoothings.length);
  let done = 0;
  const told = () => {
    done += 1;
    options.onTexts(Math.min(done, total), total);
  };
  const names = linearNames(spec.layers);
  const load = (tensors: readonly ModelTensor[], observe?: LinearObserver) => {
    const placed = placeTensors(tensors, 'weights');
    const graph = encoderGraph(spec, placed.places, observe);
    const more = observe ? rangeOutputs(names).map((name) => ({ name, type: 'float32' as const })) : [];
    const source = placedSource({ ...graph, outputs: [...graph.outputs, ...more] }, placed);
    return runtime.load(source, signal && { signal });
  };
  const vectorsOf = async (model: LoadedModel, of: typeof checking) => {
    const vectors: Float32Array[] = [];
    for (const { ids } of of) {
      vectors.push((await inferTokens(model, ids, signal)).vector);
      told();
    }
    return vectors;
  };

  const ranges = new Map<string, InputRange>();
  let originals: readonly Float32Array[];
  {
    await using observed = await load(floats, observeRanges);
    for (const { ids } of calibrating) {
      widen(ranges, names, (await inferTokens(observed, ids, signal)).outputs, ids.length);
      told();
    }
    originals = await vectorsOf(observed, checking);
  }
  const attempt = async (smoothing: number, unquantized: ReadonlySet<string>, of = checking) => {
    const tensors = quantizeTensors(floats, ranges, smoothing, unquantized);
    await using model = await load(tensors);
    const vectors = await vectorsOf(model, of);
    const cosines = vectors.map((vector, i) => cosine(vector, originals[i] ?? vector));
    return {
      tensors,
      report: {
        texts: of.length,
        meanCosine: cosines.reduce((sum, each) => sum + each, 0) / cosines.length,
        worstCosine: Math.min(...cosines),
        smoothing,
        unquantized: [...unquantized],
      },
    };
  };

  let best = await attempt(smoothings[0] ?? 0.5, new Set());
  for (const smoothing of smoothings.slice(1)) {
    const next = await attempt(smoothing, new Set());
    if (next.report.meanCosine > best.report.meanCosine) best = next;
  }
  if (best.report.meanCosine >= minCosine) return best;

  const { smoothing } = best.report;
  const few = checking.slice(0, rankingTexts);
  const suffering: (readonly [name: string, meanCosine: number])[] = [];
  for (const name of names) {
    const alone = await attempt(smoothing, new Set(names.filter((other) => other !== name)), few);
    suffering.push([name, alone.report.meanCosine]);
  }
  suffering.sort(([, a], [, b]) => a - b);
  const unquantized = new Set<string>();
  for (const [name] of suffering.slice(0, Math.floor(names.length * mostUnquantized))) {
    unquantized.add(name);
    best = await attempt(smoothing, unquantized);
    if (best.report.meanCosine >= minCosine) return best;
  }
  throw new AiworkError(
    'AIWORK_MODEL_INACCURATE',
    `quantized, the vectors of ${checking.length} texts have a mean cosine of ${best.report.meanCosine.toFixed(4)} to the original's, and ${minCosine} is asked for, even with ${unquantized.size} of ${names.length} layers left as they are: convert to fp16, ask for less, or calibrate with more texts like those the model is for`,
  );
}

/** All tensors of a model, of which the word vectors and the linear layers but some are quantized. */
function quantizeTensors(
  floats: readonly ModelTensor[],
  ranges: ReadonlyMap<string, InputRange>,
  smoothing: number,
  unquantized: ReadonlySet<string>,
): readonly ModelTensor[] {
  const byName = new Map(floats.map((tensor) => [tensor.name, tensor]));
  return floats.flatMap((tensor) => {
    const { name, shape } = tensor;
    if (name === 'embeddings.word') return quantizeRows(name, shape, elementsOf(tensor));
    const [, layer = '', part] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
    const range = ranges.get(layer);
    const bias = byName.get(`${layer}.bias`);
    if (!range || !bias || unquantized.has(layer)) return [tensor];
    if (part === 'bias') return [];
    return quantizeLinear(layer, { weight: elementsOf(tensor), bias: elementsOf(bias) }, range, smoothing);
  });
}

function elementsOf({ bytes }: ModelTensor): Float32Array {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
