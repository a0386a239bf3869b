import type {
  LoadOptions,
  ModelRuntimeCapabilities,
  Tensor,
  TensorInfo,
  TensorType,
} from '../adapters/model-runtime.ts';
import { AiworkError, type ErrorCode, UnsupportedCapabilityError } from '../errors.ts';
import { invalidArgument } from './argument-checks.ts';

const arrays = {
  float64: Float64Array,
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int16: Int16Array,
  int8: Int8Array,
  uint64: BigUint64Array,
  uint32: Uint32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  string: Array,
} satisfies Record<TensorType, unknown>;

const refusal = (code: ErrorCode, message: string): AiworkError =>
  new AiworkError(code, message, { outcome: 'not-applied' });

const quoted = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');

const inBrackets = (shape: readonly unknown[]): string => `[${shape.map(String).join(', ')}]`;

/** How many elements a shape has: 1 for a scalar. */
const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function checkData(name: string, { type, shape, data }: Tensor): void {
  const array = arrays[type];
  // The tag is that of arrays of another realm, too, and of a Buffer, which is a Uint8Array.
  const fits =
    type === 'string'
      ? Array.isArray(data)
      : ArrayBuffer.isView(data) && data[Symbol.toStringTag] === array.name;
  if (!fits) {
    throw refusal(
      'AIWORK_TENSOR_TYPE',
      `the data of input "${name}" is no ${array.name}, which holds ${type}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw refusal(
      'AIWORK_TENSOR_SHAPE',
      `the shape of input "${name}" is ${inBrackets([shape].flat())}: give whole numbers of 0 or more`,
    );
  }
  if (elementsOf(shape) !== data.length) {
    throw refusal(
      'AIWORK_TENSOR_SHAPE',
      `the data of input "${name}" has ${data.length} elements, and its shape ${inBrackets(shape)} stands for ${elementsOf(shape)}`,
    );
  }
  if (type === 'string' && !data.every((text) => typeof text === 'string' && text.isWellFormed())) {
    throw refusal('AIWORK_TENSOR_TYPE', `the data of input "${name}" holds what is no well-formed string`);
  }
}

function checkInput(name: string, tensor: Tensor, info: TensorInfo): void {
  if (typeof tensor !== 'object' || tensor === null) {
    throw refusal('AIWORK_TENSOR_TYPE', `input "${name}" is no tensor: give { type, shape, data }`);
  }
  if (tensor.type !== info.type) {
    throw refusal(
      'AIWORK_TENSOR_TYPE',
      `input "${name}" is ${String(tensor.type)}: the model takes ${info.type}`,
    );
  }
  checkData(name, tensor);
  const { shape } = info;
  const fits =
    shape === undefined ||
    (tensor.shape.length === shape.length &&
      shape.every((size, axis) => typeof size === 'string' || size === tensor.shape[axis]));
  if (!fits) {
    throw refusal(
      'AIWORK_TENSOR_SHAPE',
      `input "${name}" has the shape ${inBrackets(tensor.shape)}: the model takes ${inBrackets(shape)}`,
    );
  }
}

/**
 * Refuses what a model cannot be given: a model runtime calls it before it touches its engine.
 *
 * @throws `AIWORK_UNKNOWN_INPUT`, `AIWORK_MISSING_INPUT`, `AIWORK_TENSOR_TYPE` or `AIWORK_TENSOR_SHAPE`, naming the input.
 * @example
 * ```ts
 * import { checkInputs } from '@aiwork/core/adapter-kit';
 *
 * const infos = [{ name: 'ids', type: 'int64', shape: ['batch', 8] }] as const;
 * try {
 *   checkInputs({ id: { type: 'int64', shape: [0, 8], data: new BigInt64Array(0) } }, infos);
 * } catch (error) {
 *   console.log((error as Error).message); // the model has no input "id": it takes "ids"
 * }
 * ```
 * @since 0.1.0
 */
export function checkInputs(inputs: Readonly<Record<string, Tensor>>, infos: readonly TensorInfo[]): void {
  if (typeof inputs !== 'object' || inputs === null) {
    throw invalidArgument('the inputs are no object: give a tensor for each name of an input');
  }
  const names = infos.map(({ name }) => name);
  const unknown = Object.keys(inputs).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw refusal('AIWORK_UNKNOWN_INPUT', `the model has no input "${unknown}": it takes ${quoted(names)}`);
  }
  for (const info of infos) {
    const tensor = Object.hasOwn(inputs, info.name) ? inputs[info.name] : undefined;
    if (tensor === undefined) {
      throw refusal(
        'AIWORK_MISSING_INPUT',
        `input "${info.name}" is not given: the model takes ${quoted(names)}`,
      );
    }
    checkInput(info.name, tensor, info);
  }
}

function checkCount(value: number | undefined, name: string): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return;
  throw invalidArgument(`${name} is ${String(value)}: give a whole number of 1 or more`);
}

/**
 * Refuses options a model runtime cannot load with; whether the device is there is for the runtime to say.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` for a number that makes no sense, `AIWORK_UNSUPPORTED_CAPABILITY` for a `precision` or
 * `cacheDir` that `capabilities` do not have.
 * @example
 * ```ts
 * import { checkLoadOptions } from '@aiwork/core/adapter-kit';
 *
 * checkLoadOptions({ threads: 2 }, { precisions: [], compiledCache: false });
 * ```
 * @since 0.1.0
 */
export function checkLoadOptions(
  { precision, threads, streams, hint, cacheDir }: LoadOptions,
  capabilities: Pick<ModelRuntimeCapabilities, 'precisions' | 'compiledCache'>,
): void {
  checkCount(threads, 'threads');
  checkCount(streams, 'streams');
  if (hint !== undefined && hint !== 'latency' && hint !== 'throughput') {
    throw invalidArgument(`hint is ${String(hint)}: give "latency" or "throughput"`);
  }
  if (precision !== undefined && !capabilities.precisions.includes(precision)) {
    throw new UnsupportedCapabilityError(
      `this runtime cannot be told to compute in ${String(precision)}: leave precision out, or give a model that is converted to it (it takes ${quoted(capabilities.precisions)})`,
    );
  }
  if (cacheDir !== undefined && !capabilities.compiledCache) {
    throw new UnsupportedCapabilityError('this runtime keeps nothing compiled: leave cacheDir out');
  }
}
