import type { Adapter, CallOptions } from './adapter.ts';

/**
 * What holds the elements of a tensor, by its type. The 16-bit floats are given as their bits, `bool` as 0 and 1.
 *
 * @since 0.1.0
 */
export interface TensorData {
  readonly float64: Float64Array;
  readonly float32: Float32Array;
  readonly float16: Uint16Array;
  readonly bfloat16: Uint16Array;
  readonly int64: BigInt64Array;
  readonly int32: Int32Array;
  readonly int16: Int16Array;
  readonly int8: Int8Array;
  readonly uint64: BigUint64Array;
  readonly uint32: Uint32Array;
  readonly uint16: Uint16Array;
  readonly uint8: Uint8Array;
  readonly bool: Uint8Array;
  readonly string: readonly string[];
}

/** Element types of tensors. @since 0.1.0 */
export type TensorType = keyof TensorData;

/**
 * Row-major elements with a shape: `[]` is a scalar, a 0 in it a tensor of no elements.
 *
 * @example
 * ```ts
 * import type { Tensor } from '@aiwork/core';
 *
 * const ids: Tensor = { type: 'int64', shape: [1, 3], data: BigInt64Array.of(101n, 7592n, 102n) };
 * if (ids.type === 'int64') console.log(ids.data[1]); // 7592n
 * ```
 * @since 0.1.0
 */
export type Tensor<Type extends TensorType = TensorType> = {
  readonly [T in Type]: {
    readonly type: T;
    readonly shape: readonly number[];
    readonly data: TensorData[T];
  };
}[Type];

/** What a model takes or gives. @since 0.1.0 */
export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  /**
   * A name stands for a dimension that may vary, `'?'` for one that has no name. It is left out where even the number of
   * dimensions may vary.
   */
  readonly shape?: readonly (number | string)[];
}

/** What an engine computes in. @since 0.1.0 */
export type Precision = 'fp32' | 'fp16' | 'bf16' | 'int8';

/** @since 0.1.0 */
export interface DeviceInfo {
  /** What {@link LoadOptions} take as `device`, as the engine spells it. */
  readonly id: string;
  readonly name: string;
  readonly type: 'cpu' | 'gpu' | 'npu' | 'other';
  /** What it computes in natively; empty where the engine does not say. */
  readonly precisions: readonly Precision[];
}

/**
 * Where a model comes from: a file, beside which lies what it names as external data; or bytes, whose external data are
 * given in `weights` by the name the model has for them, or lie as files in `weightsFolder`.
 *
 * Bytes are read until `load` has ended and not changed. Those over a `SharedArrayBuffer` are not copied to get there.
 *
 * @since 0.1.0
 */
export type ModelSource =
  | { readonly path: string }
  | {
      readonly model: Uint8Array;
      readonly weights?: ReadonlyMap<string, Uint8Array>;
      readonly weightsFolder?: string;
    };

/** @since 0.1.0 */
export interface LoadOptions extends CallOptions {
  /** Id of a device; default: the first of `devices()`. A model that it cannot run whole is refused. */
  readonly device?: string;
  /** What the engine may compute in to be faster, one of its `precisions`. Default: what the model says. */
  readonly precision?: Precision;
  /** Threads that one inference may use. Default: the engine's choice by `hint`. */
  readonly threads?: number;
  /** How many inferences run at the same time; further ones wait. Default: the engine's choice by `hint`. */
  readonly streams?: number;
  /** What to be fast at: one inference (the default), or many at the same time. */
  readonly hint?: 'latency' | 'throughput';
  /** Folder in which the engine keeps what it compiled, for the next load. Refused by those without `compiledCache`. */
  readonly cacheDir?: string;
  /** Whether `profile` will be called. The engine then keeps what it needs for that, such as the model. */
  readonly profiling?: boolean;
}

/** @since 0.1.0 */
export interface InferOptions extends CallOptions {
  /**
   * Whether the inputs' memory is given away: it is detached instead of copied, where it can be. Default `false`: the
   * inputs are read before `infer` returns its promise, and stay the caller's.
   */
  readonly transfer?: boolean;
}

/** What one operation of a model took. @since 0.1.0 */
export interface LayerProfile {
  readonly name: string;
  /** The engine's name for what it does, such as `MatMul`. */
  readonly operation: string;
  readonly device: string;
  readonly timeMs: number;
}

/** @since 0.1.0 */
export interface ModelRuntimeCapabilities {
  readonly formats: readonly ('onnx' | 'openvino-ir' | 'tensorflow' | 'tflite' | 'pytorch')[];
  /** What `LoadOptions.precision` may be. */
  readonly precisions: readonly Precision[];
  /** Element types of the inputs and outputs it can carry. A model with another one is refused when it is loaded. */
  readonly types: readonly TensorType[];
  /**
   * Whether elements of 64 bits keep all of them. Otherwise they are carried, and computed in 32 bits: larger integers and
   * finer fractions are lost.
   */
  readonly computes64Bit: boolean;
  /** Whether `LoadOptions.cacheDir` may be given. */
  readonly compiledCache: boolean;
}

/** A model that is ready to infer. @since 0.1.0 */
export interface LoadedModel extends AsyncDisposable {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /**
   * What it really runs on: the id of the device, and what it computes in, which is left out where the engine does not
   * tell.
   */
  readonly ranOn: { readonly device: string; readonly precision?: Precision };
  /**
   * The outputs, by name, in memory of their own.
   *
   * - Inputs are refused before the engine is touched, by name: one the model does not have (`AIWORK_UNKNOWN_INPUT`), one
   *   that is not given (`AIWORK_MISSING_INPUT`), one of another type (`AIWORK_TENSOR_TYPE`), or of a shape that does not
   *   fit the model or its own data (`AIWORK_TENSOR_SHAPE`).
   * - Calls may overlap, and get what they would get alone.
   * - An aborted call rejects at once. What the engine has begun it may finish on its own; its result is dropped.
   * - What the engine cannot do rejects with `AIWORK_OUT_OF_MEMORY` or `AIWORK_INFERENCE_FAILED`, and the model goes on.
   */
  infer(
    inputs: Readonly<Record<string, Tensor>>,
    options?: InferOptions,
  ): Promise<Readonly<Record<string, Tensor>>>;
  /** Infers once, and tells what each operation took, in the order in which they ran. Needs `LoadOptions.profiling`. */
  profile(inputs: Readonly<Record<string, Tensor>>, options?: CallOptions): Promise<readonly LayerProfile[]>;
  /** Lets go of the model when the calls in flight have ended. */
  close(): Promise<void>;
}

/**
 * Tensor inference on one engine.
 *
 * - The event loop stays free while it loads and infers.
 * - No file, however damaged, ends the process or keeps it busy for ever.
 * - `close()` waits for what is in flight and closes the models that are open.
 *
 * @since 0.1.0
 */
export interface ModelRuntime extends Adapter<ModelRuntimeCapabilities> {
  readonly engine: { readonly name: string; readonly version: string };
  /** What is there and works, the default first. */
  devices(options?: CallOptions): Promise<readonly DeviceInfo[]>;
  /**
   * Makes a model ready.
   *
   * Refused are a file that is not there, damaged or of an unknown format (`AIWORK_MODEL_UNREADABLE`), an operation the
   * engine does not know (`AIWORK_UNKNOWN_OPERATOR`, naming it), a type it cannot carry or an option it does not have
   * (`AIWORK_UNSUPPORTED_CAPABILITY`), and a device that is not there or cannot run the model
   * (`AIWORK_DEVICE_UNAVAILABLE`).
   */
  load(source: ModelSource, options?: LoadOptions): Promise<LoadedModel>;
}
