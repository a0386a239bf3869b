import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type ModelSource, UnsupportedCapabilityError } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import type { EngineSource } from '../engine/read-model.ts';
import { formatOf, headBytes, type ModelFormat } from './model-format.ts';
import { checkWeightFiles, lasting, withWeightsInMemory } from './onnx-weights.ts';
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

// Names of operations that compute in integers, in ONNX and in IR.
const quantizing = [
  'QuantizeLinear',
  'DynamicQuantizeLinear',
  'MatMulInteger',
  'ConvInteger',
  'QLinearMatMul',
  'QLinearConv',
  '"FakeQuantize"',
  'element_type="i8"',
  'element_type="u8"',
];

function isQuantized(model: Uint8Array): boolean {
  const bytes = Buffer.from(model.buffer, model.byteOffset, model.byteLength);
  return quantizing.some((name) => bytes.includes(name));
}

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
    const quantized = isQuantized(bytes);
    if (format !== 'onnx') return { ...prepared, quantized };
    checkWeightFiles(bytes, what);
    const folder = { weightsFolder: dirname(path) };
    return {
      ...prepared,
      quantized,
      ofRanks: async (ranks) => withWeightsInMemory(withRanks(await readFile(path), ranks), folder, what),
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

function weightsOfIr(weights: ReadonlyMap<string, Uint8Array> | undefined): readonly Uint8Array[] {
  const given = [...(weights?.values() ?? [])];
  if (given.length > 1) {
    throw invalidArgument(`weights has ${given.length} entries: a model in IR takes one, its .bin file`);
  }
  return given.map(lasting);
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
  // The engine reads it on another thread, while its owner may change it.
  const copy = Uint8Array.from(model);
  const format = formatOf(copy);
  if (format === 'pytorch') refusePyTorch(what);
  if (format === 'tensorflow' || format === 'tflite') return asFile(copy, format, what);
  const prepared = { what, quantized: isQuantized(copy), dispose: nothingToDispose };
  if (format === 'openvino-ir') {
    const held = weightsOfIr(weights);
    const [first] = held;
    return { ...prepared, engine: { bytes: copy, held, ...(first && { weights: first }) } };
  }
  const engine = await withWeightsInMemory(copy, { weights, weightsFolder }, what);
  return {
    ...prepared,
    engine,
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
