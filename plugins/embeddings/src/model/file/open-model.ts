import { basename } from 'node:path';
import type { CallOptions, ModelSource } from '@aiwork/core';
import { unreadable } from '../model-error.ts';
import type { ModelTensorInfo } from '../model-tensor.ts';
import { checkSums } from './check-sums.ts';
import { partsOfBytes, partsOfFile } from './file-parts.ts';
import { mappedSource } from './mapped-source.ts';
import type { ModelHeader } from './model-format.ts';
import { readModel } from './read-model.ts';

/**
 * A model file that was read and checked.
 *
 * @since 0.1.0
 */
export interface EmbeddingModel extends ModelHeader {
  /** What is in the model's `tokenizer.json`. */
  readonly tokenizer: string;
  /** What tensors there are, by name. */
  readonly tensors: ReadonlyMap<string, ModelTensorInfo>;
  /** Size of the file. */
  readonly bytes: number;
  /** The bytes of a tensor, in the memory of the file. */
  tensor(name: string): Uint8Array;
  /**
   * The model for a runtime, as an ONNX graph of a few kilobytes whose weights are taken as they lie in the file:
   *
   * - `from: 'file'`: the engine maps the file itself, which needs least memory and must not change meanwhile;
   * - `from: 'memory'`: they are handed over where they are, over a `SharedArrayBuffer`, and so not copied on the way.
   */
  source(from: 'file' | 'memory'): ModelSource;
}

/**
 * Reads a model that `convertModel` or `aiwork model convert` wrote. Every tensor's checksum is compared.
 *
 * @throws `AIWORK_MODEL_UNREADABLE` if it is missing, damaged, cut off, or of another version of the format.
 * @example
 * ```ts no-run: needs a converted model
 * import { openModel } from '@aiwork/embeddings';
 *
 * const model = await openModel('minilm.arrow');
 * console.log(model.spec.hidden, model.provenance.precision); // 384 int8
 * ```
 * @since 0.1.0
 */
export async function openModel(path: string, options: CallOptions = {}): Promise<EmbeddingModel> {
  const { signal } = options;
  const file = await readWhole(path, signal);
  const opened = { parts: partsOfBytes(file), path, signal };
  const { header, tokenizer, tensors, rows } = await readModel(opened);
  await checkSums(opened, rows);
  return {
    ...header,
    tokenizer,
    tensors: new Map([...tensors].map(([name, { type, shape }]) => [name, { name, type, shape }])),
    bytes: file.byteLength,
    tensor: (name) => {
      const tensor = tensors.get(name);
      if (!tensor) throw unreadable(`${path} has no tensor ${name}`);
      return file.subarray(tensor.offset, tensor.offset + tensor.length);
    },
    source: (from) => {
      const { model, weightsFolder } = mappedSource(path, header, tensors);
      return from === 'file'
        ? { model, weightsFolder }
        : { model, weights: new Map([[basename(path), file]]) };
    },
  };
}

async function readWhole(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  await using parts = await partsOfFile(path, signal);
  const whole = new Uint8Array(new SharedArrayBuffer(parts.size));
  let done = 0;
  for await (const piece of parts.pieces(0, parts.size)) {
    whole.set(piece, done);
    done += piece.byteLength;
  }
  return whole;
}
