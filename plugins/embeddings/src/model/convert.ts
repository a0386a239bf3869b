import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AiworkError } from '@aiwork/core';
import { canonicalJson } from '@aiwork/core/adapter-kit';
import type { ConvertedModel, ConvertOptions } from './convert-options.ts';
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

/** Does what `convertModel` is asked for. */
export async function convert(options: ConvertOptions): Promise<ConvertedModel> {
  const { precision = 'fp32' } = options;
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
