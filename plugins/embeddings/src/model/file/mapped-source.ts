import { basename, dirname, resolve } from 'node:path';
import { writeOnnx } from '@aiwork/onnx-format';
import { encoderGraph } from '../graph/encoder-graph.ts';
import type { ModelHeader } from './model-format.ts';
import type { FoundTensor } from './read-model.ts';

/** A model whose weights an engine maps from a file. */
export interface MappedSource {
  readonly model: Uint8Array;
  readonly weightsFolder: string;
}

/** The graph of a model whose weights lie in a file under its own name. */
export function mappedSource(
  path: string,
  { spec }: ModelHeader,
  tensors: ReadonlyMap<string, FoundTensor>,
): MappedSource {
  const location = basename(path);
  const places = new Map([...tensors].map(([name, place]) => [name, { ...place, location }]));
  return { model: writeOnnx(encoderGraph(spec, places)), weightsFolder: dirname(resolve(path)) };
}
