import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type ModelSource, UnsupportedCapabilityError } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { EngineSource } from '../engine/read-model.ts';
import { lasting } from './lasting.ts';
import { formatOf, headBytes, type ModelFormat } from './model-format.ts';
import { checkWeightFiles, factsOf, withWeightsInMemory } from './onnx-weights.ts';
import { withRanks } from './onnx-wire.ts';
import { unreadable } from './unreadable.ts';

/** A model as the engine takes it, looked at first. */
export interface PreparedSource {
  readonly engine: EngineSource;
  /** How errors call it. */
  readonly what: string;
  /** Whether it computes in integers somewhere, so that its precision is not the one of its floats. */
  readonly quantized: boolean;
  /** The same with a number of dimensions for inputs that leave it open; only ONNX can be given them. */
  readonly ofRanks?: (ranks: ReadonlyMap<string, number>) => Promise<EngineSource>;
  /** Removes what was written for it; the model may go on to read it until it is closed. */
  dispose(): Promise<void>;
}

const nothingToDispose = async (): Promise<void> => {};

/** Whether a model in IR, which is text, computes in integers somewhere. */
const isQuantizedIr = (text: Uint8Array): boolean =>
  ['"FakeQuantize"', 'element_type="i8"', 'element_type="u8"'].some((mark) =>
    Buffer.from(text.buffer, text.byteOffset, text.byteLength).includes(mark),
  );

function refusePyTorch(what: string): never {
  throw new UnsupportedCapabilityError(
    `${what} is a PyTorch file, which OpenVINO reads from Python alone: export it with torch.onnx.export, or convert it with OpenVINO's ovc`,
  );
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function fromPath(given: string): Promise<PreparedSource> {
  const path = resolve(given);
  const what = `the model ${path}`;
  const prepared = { engine: { path }, what, dispose: nothingToDispose };
  try {
    if ((await stat(path)).isDirectory()) return { ...prepared, quantized: false };
    const head = await headOf(path);
    if (head.byteLength === 0) throw unreadable(what, 'it is empty');
    const format = formatOf(head);
    if (format === 'pytorch') refusePyTorch(what);
    if (format === 'tensorflow' || format === 'tflite')
      return { ...prepared, quantized: format === 'tflite' };
    const bytes = await readFile(path);
    if (format !== 'onnx') return { ...prepared, quantized: isQuantizedIr(bytes) };
    const facts = factsOf(bytes, what);
    checkWeightFiles(facts, what);
    const folder = { weightsFolder: dirname(path) };
    return {
      ...prepared,
      quantized: facts.quantized,
      ofRanks: async (ranks) =>
        withWeightsInMemory(withRanks(await readFile(path), ranks), facts, folder, what),
    };
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw unreadable(what, error.message, error);
    throw error;
  }
}

/** The engine takes these formats from files alone. */
async function asFile(bytes: Uint8Array, format: ModelFormat, what: string): Promise<PreparedSource> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-openvino-'));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, format === 'tflite' ? 'model.tflite' : 'model.pb');
  try {
    await writeFile(path, bytes);
  } catch (error) {
    await dispose();
    throw unreadable(what, 'it cannot be written to a temporary file for the engine', error);
  }
  return { engine: { path }, what, quantized: format === 'tflite', dispose };
}

async function weightsOfIr(
  weights: ReadonlyMap<string, Uint8Array> | undefined,
): Promise<Uint8Array | undefined> {
  const [first, ...others] = weights?.values() ?? [];
  if (others.length > 0) {
    throw invalidArgument(`weights has ${1 + others.length} entries: a model in IR takes one, its .bin file`);
  }
  return first && lasting(first);
}

async function fromBytes({
  model,
  weights,
  weightsFolder,
}: Exclude<ModelSource, { path: string }>): Promise<PreparedSource> {
  const what = 'the model given as bytes';
  if (!(model instanceof Uint8Array))
    throw invalidArgument('model is no Uint8Array: give the bytes of a model file');
  if (model.byteLength === 0) throw unreadable(what, 'it is empty');
  const copy = await lasting(model);
  const format = formatOf(copy);
  if (format === 'pytorch') refusePyTorch(what);
  if (format === 'tensorflow' || format === 'tflite') return asFile(copy, format, what);
  const prepared = { what, dispose: nothingToDispose };
  if (format === 'openvino-ir') {
    const data = await weightsOfIr(weights);
    const engine = { bytes: copy, held: data ? [data] : [], ...(data && { weights: data }) };
    return { ...prepared, engine, quantized: isQuantizedIr(copy) };
  }
  const facts = factsOf(copy, what);
  const engine = await withWeightsInMemory(copy, facts, { weights, weightsFolder }, what);
  return {
    ...prepared,
    engine,
    quantized: facts.quantized,
    ofRanks: async (ranks) => ({ ...engine, bytes: withRanks(engine.bytes, ranks) }),
  };
}

/**
 * Looks at a model before the engine does: what format it has, and where it takes its weights from.
 *
 * @throws `AIWORK_MODEL_UNREADABLE`, `AIWORK_UNSUPPORTED_CAPABILITY` for PyTorch's files, `AIWORK_INVALID_ARGUMENT`.
 */
export async function prepareSource(source: ModelSource): Promise<PreparedSource> {
  if (typeof source !== 'object' || source === null) {
    throw invalidArgument('the model is no object: give { path } or { model }');
  }
  if ('model' in source) {
    const wrong = [...(source.weights ?? [])].find(([, bytes]) => !(bytes instanceof Uint8Array));
    if (wrong !== undefined)
      throw invalidArgument(`weights "${wrong[0]}" are no Uint8Array: give their bytes`);
    return fromBytes(source);
  }
  if (typeof source.path !== 'string' || source.path === '') {
    throw invalidArgument('the path of the model is missing: give { path } or { model }');
  }
  return fromPath(source.path);
}
