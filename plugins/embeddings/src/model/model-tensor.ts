/** Element types of the tensors of a model file. @since 0.1.0 */
export type ModelTensorType = 'float32' | 'float16' | 'int8' | 'uint8';

/** What is known of a tensor of a model file without its elements. @since 0.1.0 */
export interface ModelTensorInfo {
  readonly name: string;
  readonly type: ModelTensorType;
  readonly shape: readonly number[];
}

/** A tensor of a model file. Its bytes are little-endian and row-major. */
export interface ModelTensor extends ModelTensorInfo {
  readonly bytes: Uint8Array;
}

const bytesOf: Readonly<Record<ModelTensorType, number>> = { float32: 4, float16: 2, int8: 1, uint8: 1 };

/** How long a tensor of this type and shape is. */
export function tensorBytes({ type, shape }: Omit<ModelTensorInfo, 'name'>): number {
  return shape.reduce((product, size) => product * size, bytesOf[type]);
}

/** A tensor of these elements. */
export function modelTensor(
  name: string,
  shape: readonly number[],
  elements: Float32Array | Uint16Array | Int8Array | Uint8Array,
): ModelTensor {
  return { name, type: typeOf(elements), shape, bytes: bytesView(elements) };
}

function typeOf(elements: Float32Array | Uint16Array | Int8Array | Uint8Array): ModelTensorType {
  if (elements instanceof Float32Array) return 'float32';
  if (elements instanceof Uint16Array) return 'float16';
  return elements instanceof Int8Array ? 'int8' : 'uint8';
}

function bytesView({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
