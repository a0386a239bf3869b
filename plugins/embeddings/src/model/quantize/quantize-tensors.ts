import type { ModelTensor } from '../model-tensor.ts';
import type { InputRange } from './input-ranges.ts';
import { quantizeLinear, quantizeRows } from './quantize-linear.ts';

/** All tensors of a model, of which the word vectors and the linear layers but some are quantized. */
export function quantizeTensors(
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
