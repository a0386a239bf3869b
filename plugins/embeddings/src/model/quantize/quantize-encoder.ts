import { AiworkError, type CallOptions, type ModelRuntime } from '@aiwork/core';
import { openTokenizer } from '../../tokenizer/open-tokenizer.ts';
import type { EncoderSpec } from '../encoder-spec.ts';
import { linearNames } from '../encoder-weights.ts';
import type { ModelTensor } from '../model-tensor.ts';
import { openTrials, type QuantizedEncoder, type Trials } from './trials.ts';

/** What quantizing needs besides the model. */
export interface QuantizeOptions extends CallOptions {
  /** What the model is run on meanwhile; what it finds holds for any. */
  readonly runtime: ModelRuntime;
  /** Texts like those that the model is for: half of them say what numbers occur, half what has become of the vectors. */
  readonly texts: readonly string[];
  /** Least mean cosine of the vectors to the original's. */
  readonly minCosine: number;
  /** Is told how many texts were computed, of as many as there will be if no layer has to stay in floats. */
  readonly onTexts: (done: number, total: number) => void;
}

/** How much goes over to the weights, of what is tried. */
const smoothings = [0.6, 0.7, 0.8];

/** How many texts say which layers suffer most, if all suffer too much. */
const rankingTexts = 12;

/** Part of the linear layers that is left unquantized before it is given up. */
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
  { runtime, texts, minCosine, onTexts, signal }: QuantizeOptions,
): Promise<QuantizedEncoder> {
  const read = await openTokenizer(tokenizer, spec.maxTokens).tokenize(texts);
  const tokens = read.map(({ ids }) => ids);
  const calibrating = tokens.filter((_, i) => i % 2 === 0);
  const checking = tokens.filter((_, i) => i % 2 === 1);
  const total = calibrating.length + checking.length * (1 + smoothings.length);
  let done = 0;
  const onText = () => {
    done += 1;
    onTexts(Math.min(done, total), total);
  };
  await using trials = await openTrials(
    spec,
    floats,
    { calibrating, checking },
    { runtime, onText, ...(signal && { signal }) },
  );
  const best = await bestSmoothing(trials);
  if (best.report.meanCosine >= minCosine) return best;
  return await keepSuffering(trials, best, linearNames(spec.layers), minCosine);
}

async function bestSmoothing(trials: Trials): Promise<QuantizedEncoder> {
  const [first = 0.5, ...others] = smoothings;
  let best = await trials.attempt(first, new Set());
  for (const smoothing of others) {
    const next = await trials.attempt(smoothing, new Set());
    if (next.report.meanCosine > best.report.meanCosine) best = next;
  }
  return best;
}

/** Leaves those layers as they are that suffer most, one after the other, until it is enough. */
async function keepSuffering(
  trials: Trials,
  { report: { smoothing, texts, meanCosine } }: QuantizedEncoder,
  names: readonly string[],
  minCosine: number,
): Promise<QuantizedEncoder> {
  const suffering: (readonly [name: string, meanCosine: number])[] = [];
  for (const name of names) {
    const others = new Set(names.filter((other) => other !== name));
    const alone = await trials.attempt(smoothing, others, rankingTexts);
    suffering.push([name, alone.report.meanCosine]);
  }
  suffering.sort(([, a], [, b]) => a - b);
  const unquantized = new Set<string>();
  let reached = meanCosine;
  for (const [name] of suffering.slice(0, Math.floor(names.length * mostUnquantized))) {
    unquantized.add(name);
    const next = await trials.attempt(smoothing, unquantized);
    if (next.report.meanCosine >= minCosine) return next;
    reached = next.report.meanCosine;
  }
  throw new AiworkError(
    'AIWORK_MODEL_INACCURATE',
    `quantized, the vectors of ${texts} texts have a mean cosine of ${reached.toFixed(4)} to the original's, and ${minCosine} is asked for, even with ${unquantized.size} of ${names.length} layers left as they are: convert to fp16, ask for less, or calibrate with more texts like those the model is for`,
  );
}
