import type { EncoderWeights } from '../encoder-weights.ts';
import { toFloat16 } from '../float16.ts';
import { type ModelTensor, modelTensor } from '../model-tensor.ts';

/** Which weights are so many that halves are worth it: the matrices. */
const matrix = /\.weight$|^embeddings\.(word|position)$/;

/** The weights as a file stores them: in floats, or the matrices in halves. */
export async function* storeWeights(
  weights: EncoderWeights,
  precision: 'fp32' | 'fp16',
): AsyncGenerator<ModelTensor> {
  for (const [name, weight] of weights) {
    const floats = await weight.floats();
    const halved = precision === 'fp16' && matrix.test(name);
    yield modelTensor(name, weight.shape, halved ? toFloat16(floats) : floats);
  }
}
