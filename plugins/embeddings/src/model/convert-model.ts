import { AiworkError } from '@aiwork/core';
import type { ConvertedModel, ConvertOptions } from './convert-options.ts';

/**
 * Converts an embedding model: a BERT, RoBERTa, XLM-R or MPNet encoder with mean, CLS or max pooling.
 *
 * An interrupted conversion leaves no file, and nothing of what it would have replaced is touched.
 *
 * @throws `AIWORK_MODEL_UNSUPPORTED` naming what is not known, such as an architecture or an element type;
 * `AIWORK_MODEL_UNREADABLE` for what is missing or damaged; `AIWORK_MODEL_INACCURATE` where quantizing costs more than
 * `minCosine` allows.
 * @example
 * ```ts no-run: needs a model
 * import { convertModel } from '@aiwork/embeddings';
 * import { createOnnxRuntime } from '@aiwork/onnxruntime';
 *
 * await using runtime = createOnnxRuntime();
 * const { provenance } = await convertModel({
 *   from: 'all-MiniLM-L6-v2',
 *   path: 'minilm.arrow',
 *   precision: 'int8',
 *   quantization: { runtime },
 * });
 * console.log(provenance.quantization?.meanCosine);
 * ```
 * @since 0.1.0
 */
export async function convertModel(options: ConvertOptions): Promise<ConvertedModel> {
  options.signal?.throwIfAborted();
  if (options.precision === 'int8' && !options.quantization) {
    throw new AiworkError('AIWORK_INVALID_ARGUMENT', 'int8 needs `quantization` with a runtime to try it on');
  }
  // Readers and writers of all formats, which programs that only embed are spared.
  const { convert } = await import('./convert.ts');
  return convert(options);
}
