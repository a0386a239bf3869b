import type { EncoderWeights, Weight } from '../encoder-weights.ts';
import { unreadable, unsupported } from '../model-error.ts';
import type { TransformerSpec } from './encoder-config.ts';
import { biasByDistance } from './relative-positions.ts';
import type { StoredTensor } from './safetensors.ts';
import { unusedTensor, weightNames } from './weight-names.ts';

/**
 * Lays out the tensors of an architecture as an encoder has them.
 *
 * @param maxTokens - How many positions are kept.
 * @throws `AIWORK_MODEL_UNREADABLE` naming a tensor that is missing or of the wrong shape, and `AIWORK_MODEL_UNSUPPORTED`
 * naming one that is not known.
 */
export function encoderWeightsOf(
  spec: TransformerSpec,
  stored: ReadonlyMap<string, StoredTensor>,
  maxTokens: number,
): EncoderWeights {
  const { hidden, heads, intermediate } = spec;
  const names = weightNames[spec.architecture];
  const take = taking(stored, names.prefix);
  const weights = new Map<string, Weight>();

  const norm = (name: string, from: string) => {
    weights.set(`${name}.scale`, take(`${from}.weight`, [hidden]));
    weights.set(`${name}.bias`, take(`${from}.bias`, [hidden]));
  };
  const linear = (name: string, from: readonly string[], inputs: number, outputs: number) => {
    const parts = from.map((each) => take(`${each}.weight`, [outputs, inputs]));
    const biases = from.map((each) => take(`${each}.bias`, [outputs]));
    // Attention divides by the root of a head's width: here, once and for all.
    const factors = from.map((_, i) => (i === 0 && from.length > 1 ? 1 / Math.sqrt(hidden / heads) : 1));
    weights.set(`${name}.weight`, beside(parts, factors, inputs, outputs));
    weights.set(`${name}.bias`, joined(biases, factors, outputs));
  };

  weights.set('embeddings.word', take('embeddings.word_embeddings.weight', [spec.vocabulary, hidden]));
  const positions = take('embeddings.position_embeddings.weight', [
    spec.maxTokens + spec.unusedPositions,
    hidden,
  ]);
  const types = names.tokenType === undefined ? undefined : take(names.tokenType, ['some', hidden]);
  weights.set('embeddings.position', {
    shape: [maxTokens, hidden],
    floats: async () => {
      const begin = spec.unusedPositions * hidden;
      const kept = (await positions.floats()).slice(begin, begin + maxTokens * hidden);
      const type = await types?.floats();
      return type ? kept.map((value, i) => value + (type[i % hidden] ?? 0)) : kept;
    },
  });
  norm('embeddings.norm', 'embeddings.LayerNorm');
  for (let layer = 0; layer < spec.layers; layer += 1) {
    const from = (name: string) => `encoder.layer.${layer}.${name}`;
    const to = `layers.${layer}`;
    linear(`${to}.attention.input`, [names.query, names.key, names.value].map(from), hidden, hidden);
    linear(`${to}.attention.output`, [from(names.attentionOutput)], hidden, hidden);
    norm(`${to}.attention.norm`, from(names.attentionNorm));
    linear(`${to}.feed.input`, [from('intermediate.dense')], hidden, intermediate);
    linear(`${to}.feed.output`, [from('output.dense')], intermediate, hidden);
    norm(`${to}.feed.norm`, from('output.LayerNorm'));
  }
  if (names.relativeBias !== undefined) {
    const bias = take(names.relativeBias, ['some', heads]);
    weights.set('positions.bias', {
      shape: [2 * maxTokens - 1, heads],
      floats: async () => biasByDistance(await bias.floats(), bias.shape[0] ?? 0, heads, maxTokens),
    });
  }
  take.checkAllTaken();
  return weights;
}

interface Take {
  (name: string, shape: readonly (number | 'some')[]): StoredTensor;
  checkAllTaken(): void;
}

function taking(stored: ReadonlyMap<string, StoredTensor>, prefix: string): Take {
  const left = new Map(
    [...stored].map(([name, tensor]) => [name.startsWith(prefix) ? name.slice(prefix.length) : name, tensor]),
  );
  if (left.size < stored.size) throw unreadable(`the model has tensors both with and without "${prefix}"`);
  const take = (name: string, shape: readonly (number | 'some')[]) => {
    const tensor = left.get(name);
    if (!tensor) throw unreadable(`the model has no tensor ${name}`);
    left.delete(name);
    const fits =
      tensor.shape.length === shape.length &&
      tensor.shape.every((size, i) => (shape[i] === 'some' ? size > 0 : size === shape[i]));
    if (fits) return tensor;
    throw unreadable(
      `${tensor.name} is of shape [${tensor.shape.join(', ')}], and [${shape.join(', ')}] by config.json`,
    );
  };
  return Object.assign(take, {
    checkAllTaken: () => {
      const strange = [...left.keys()].find((name) => !unusedTensor.test(name));
      if (strange !== undefined) {
        throw unsupported(`the model has the tensor ${strange}, which no known encoder has`);
      }
    },
  });
}

/** Matrices of a row for each output as one of a row for each input, side by side, each times its factor. */
function beside(
  parts: readonly Weight[],
  factors: readonly number[],
  inputs: number,
  outputs: number,
): Weight {
  const width = outputs * parts.length;
  return {
    shape: [inputs, width],
    floats: async () => {
      const all = new Float32Array(inputs * width);
      for (const [part, weight] of parts.entries()) {
        const floats = await weight.floats();
        const factor = factors[part] ?? 1;
        for (let output = 0; output < outputs; output += 1) {
          const column = part * outputs + output;
          for (let input = 0; input < inputs; input += 1) {
            all[input * width + column] = (floats[output * inputs + input] ?? 0) * factor;
          }
        }
      }
      return all;
    },
  };
}

function joined(parts: readonly Weight[], factors: readonly number[], outputs: number): Weight {
  return {
    shape: [outputs * parts.length],
    floats: async () => {
      const all = new Float32Array(outputs * parts.length);
      for (const [part, weight] of parts.entries()) {
        const factor = factors[part] ?? 1;
        all.set(
          (await weight.floats()).map((value) => value * factor),
          part * outputs,
        );
      }
      return all;
    },
  };
}
