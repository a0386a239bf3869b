import { writeOnnx } from '@aiwork/onnx-format';
import { encoderGraph } from '../graph/encoder-graph.ts';
import type { ModelTensor } from '../model-tensor.ts';
import type { ModelHeader } from './model-format.ts';
import { placeTensors } from './place-tensors.ts';

const dataFile = 'model.onnx.data';

/** The files of a model for any program that reads ONNX, by name: the graph, and its weights beside it. */
export function onnxFiles(
  header: ModelHeader,
  tokenizer: string,
  tensors: readonly ModelTensor[],
): ReadonlyMap<string, Uint8Array> {
  const { places, bytes } = placeTensors(tensors, dataFile);
  const graph = encoderGraph(header.spec, places);
  const metadata = { 'aiwork.id': header.id, 'aiwork.header': JSON.stringify(header) };
  return new Map([
    // The graph comes last: where it is, all is.
    [dataFile, bytes],
    ['tokenizer.json', Buffer.from(tokenizer, 'utf8')],
    ['model.onnx', writeOnnx({ ...graph, metadata })],
  ]);
}
