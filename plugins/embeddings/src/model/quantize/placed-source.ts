import type { ModelSource } from '@aiwork/core';
import { type OnnxModel, writeOnnx } from '@aiwork/onnx-format';
import type { PlacedTensors } from '../file/place-tensors.ts';

/** A graph over tensors in memory, for a runtime. */
export function placedSource(graph: OnnxModel, { bytes, places }: PlacedTensors): ModelSource {
  const [first] = places.values();
  return { model: writeOnnx(graph), weights: new Map(first ? [[first.location, bytes]] : []) };
}
