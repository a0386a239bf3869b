import type { TensorPlace } from '../graph/encoder-graph.ts';
import type { ModelTensor } from '../model-tensor.ts';

/** Where the data of each tensor begin, in multiples from the start of the file, so that they can be mapped. */
export const alignmentBytes = 64;

/** Tensors side by side in memory that threads can share, or in a file of the same layout. */
export interface PlacedTensors {
  readonly bytes: Uint8Array;
  readonly places: ReadonlyMap<string, TensorPlace>;
}

/** Lays tensors side by side, each where it can be mapped. */
export function placeTensors(tensors: readonly ModelTensor[], location: string): PlacedTensors {
  const places = new Map<string, TensorPlace>();
  let end = 0;
  for (const { name, type, shape, bytes } of tensors) {
    const offset = Math.ceil(end / alignmentBytes) * alignmentBytes;
    places.set(name, { name, type, shape, location, offset, length: bytes.byteLength });
    end = offset + bytes.byteLength;
  }
  const all = new Uint8Array(new SharedArrayBuffer(end));
  for (const { name, bytes } of tensors) all.set(bytes, places.get(name)?.offset);
  return { bytes: all, places };
}

/** The tensors that lie in such memory, which are not copied. */
export function tensorsIn({ bytes, places }: PlacedTensors): readonly ModelTensor[] {
  return [...places.values()].map(({ name, type, shape, offset, length }) => ({
    name,
    type,
    shape,
    bytes: bytes.subarray(offset, offset + length),
  }));
}
