import { open } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { CallOptions, ModelSource } from '@aiwork/core';
import { writeOnnx } from '@aiwork/onnx-format';
import { encoderGraph, type TensorPlace } from '../graph/encoder-graph.ts';
import { unreadable } from '../model-error.ts';
import { type ModelTensorInfo, tensorBytes } from '../model-tensor.ts';
import { checkSum, checkSums } from './check-sums.ts';
import type { ModelHeader } from './model-format.ts';
import { type ModelRow, readRows } from './read-rows.ts';

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
  const file = await readWhole(path, (size) => new SharedArrayBuffer(size), signal);
  const { model, tensors } = modelIn(file, path);
  await checkSums(tensors, path, signal);
  return model;
}

/** A model for an engine that maps its file. */
export interface MappedModel {
  readonly model: EmbeddingModel;
  /**
   * Compares the checksums of the tensors: for while an engine loads the model, since that takes longer.
   *
   * @throws `AIWORK_MODEL_UNREADABLE` if one is not what was written.
   */
  check(): Promise<void>;
  /** Gives the memory back that the file was read into: of the model, tensors and sources are gone then. */
  letGo(): void;
}

/** Reads a model as {@link openModel} does, into memory that is given back at once, not when it is collected. */
export async function openMapped(path: string, signal?: AbortSignal): Promise<MappedModel> {
  const file = await readWhole(path, (size) => new ArrayBuffer(size), signal);
  const { model, tensors } = modelIn(file, path);
  return {
    model,
    check: () => checkSums(tensors, path, signal),
    letGo: () => void file.buffer.transfer(0),
  };
}

interface FoundModel {
  readonly model: EmbeddingModel;
  /** Those whose checksums are still to be compared. */
  readonly tensors: readonly ModelRow[];
}

/** Finds a model in the bytes of its file, which are not copied. */
function modelIn(file: Uint8Array, path: string): FoundModel {
  const { header, rows } = readRows(file, path);
  const places = new Map<string, Omit<TensorPlace, 'location'>>();
  const tensors: ModelRow[] = [];
  let tokenizer: string | undefined;
  for (const row of rows) {
    const { name, type, data } = row;
    if (type === 'text') {
      checkSum(row, path);
      if (name === 'tokenizer.json') tokenizer = Buffer.from(data).toString('utf8');
      continue;
    }
    places.set(name, {
      ...tensorInfo(row, path),
      offset: data.byteOffset - file.byteOffset,
      length: data.byteLength,
    });
    tensors.push(row);
  }
  if (tokenizer === undefined) throw unreadable(`${path} has no tokenizer: it was not written here`);
  const located = (location: string) =>
    new Map([...places].map(([name, place]) => [name, { ...place, location }]));
  const graph = (location: string) => writeOnnx(encoderGraph(header.spec, located(location)));
  const model: EmbeddingModel = {
    ...header,
    tokenizer,
    tensors: new Map([...places].map(([name, { type, shape }]) => [name, { name, type, shape }])),
    bytes: file.byteLength,
    tensor: (name) => {
      const place = places.get(name);
      if (!place) throw unreadable(`${path} has no tensor ${name}`);
      return file.subarray(place.offset, place.offset + place.length);
    },
    source: (from) => {
      const location = basename(path);
      const onnx = graph(location);
      if (from === 'file') return { model: onnx, weightsFolder: dirname(resolve(path)) };
      return { model: onnx, weights: new Map([[location, file]]) };
    },
  };
  return { model, tensors };
}

function tensorInfo({ name, type, shape, data }: ModelRow, path: string): ModelTensorInfo {
  if (type !== 'float32' && type !== 'float16' && type !== 'int8' && type !== 'uint8') {
    throw unreadable(`${path}: ${name} is of type ${type}, which is not known`);
  }
  const bytes = tensorBytes({ type, shape });
  if (bytes === data.byteLength) return { name, type, shape };
  throw unreadable(`${path}: ${name} has ${data.byteLength} bytes, and ${bytes} by its shape`);
}

/** Most that one call to the system reads. */
const chunkBytes = 2 ** 30;

async function readWhole<Memory extends ArrayBuffer | SharedArrayBuffer>(
  path: string,
  memoryOf: (bytes: number) => Memory,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<Memory>> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const bytes = new Uint8Array(memoryOf(size));
    for (let done = 0; done < size; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(bytes, done, Math.min(chunkBytes, size - done), done);
      if (bytesRead === 0) throw new Error(`it ended after ${done} bytes while it was read`);
      done += bytesRead;
    }
    return bytes;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreadable(`${path} cannot be read: ${String(error)}`, error);
  }
}
