import type { Adapter, CallOptions, Progress } from './adapter.ts';

/** Element types of tensors. @since 0.1.0 */
export type TensorType = 'float32' | 'float16' | 'int8' | 'uint8' | 'int32' | 'int64' | 'bool';

/** Row-major data with a shape. @since 0.1.0 */
export interface Tensor {
  readonly type: TensorType;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView;
}

/** What a model takes or gives. A name in `shape` stands for a dimension that may vary. @since 0.1.0 */
export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly (number | string)[];
}

/** @since 0.1.0 */
export interface DeviceInfo {
  readonly id: string;
  readonly name: string;
  readonly type: 'cpu' | 'gpu' | 'npu' | 'other';
  readonly precisions: readonly string[];
}

/** Where a model comes from. @since 0.1.0 */
export type ModelSource =
  | { readonly path: string }
  | { readonly model: Uint8Array; readonly weights?: ReadonlyMap<string, Uint8Array> };

/** @since 0.1.0 */
export interface LoadOptions extends CallOptions {
  readonly device?: string;
  readonly threads?: number;
  readonly hint?: 'latency' | 'throughput';
  readonly cacheDir?: string;
  readonly onProgress?: (progress: Progress) => void;
}

/** @since 0.1.0 */
export interface ModelRuntimeCapabilities {
  readonly formats: readonly ('onnx' | 'openvino-ir' | 'tensorflow' | 'tflite' | 'pytorch')[];
  readonly precisions: readonly ('fp32' | 'fp16' | 'int8')[];
  /** Whether inference leaves the event loop free. */
  readonly async: boolean;
}

/** A model that is ready to infer. @since 0.1.0 */
export interface LoadedModel extends AsyncDisposable {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** What it really runs on, as the engine reports it. */
  readonly ranOn: { readonly device: string; readonly precision: string };
  /** A wrong name, shape or type is refused, naming it, before the engine is touched. */
  infer(
    inputs: Readonly<Record<string, Tensor>>,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, Tensor>>>;
  close(): Promise<void>;
}

/**
 * Tensor inference on one engine.
 *
 * @since 0.1.0
 */
export interface ModelRuntime extends Adapter<ModelRuntimeCapabilities> {
  readonly engine: { readonly name: string; readonly version: string };
  devices(options?: CallOptions): Promise<readonly DeviceInfo[]>;
  load(source: ModelSource, options?: LoadOptions): Promise<LoadedModel>;
}
