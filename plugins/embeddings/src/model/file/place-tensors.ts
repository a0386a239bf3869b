import type { ModelSource } from '@aiwork/core';
import { type OnnxModel, writeOnnx } from '@aiwork/onnx-format';
import type { TensorPlace } from '../graph/encoder-graph.ts';
import type { ModelTensor } from '../model-tensor.ts';
import { alignmentBytes } from './model-format.ts';

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

/** A graph over tensors in memory, for a runtime. */
export function placedSource(graph: OnnxModel, { bytes, places }: PlacedTensors): ModelSource {
  const [first] = places.values();
  return { model: writeOnnx(graph), weights: new Map(first ? [[first.location, bytes]] : []) };
}
