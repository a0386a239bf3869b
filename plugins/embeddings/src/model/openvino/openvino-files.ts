import type { ModelHeader } from '../file/model-format.ts';
import { placeTensors } from '../file/place-tensors.ts';
import { encoderGraph } from '../graph/encoder-graph.ts';
import type { ModelTensor } from '../model-tensor.ts';
import { openVinoIr } from './openvino-ir.ts';

/** The files of a model in OpenVINO's own format, by name. */
export function openVinoFiles(
  header: ModelHeader,
  tokenizer: string,
  tensors: readonly ModelTensor[],
): ReadonlyMap<string, Uint8Array> {
  const placed = placeTensors(tensors, 'model.bin');
  const { xml, weights } = openVinoIr(encoderGraph(header.spec, placed.places), placed);
  return new Map([
    // The description comes last: where it is, all is.
    ['model.bin', weights],
    ['tokenizer.json', Buffer.from(tokenizer, 'utf8')],
    ['aiwork.json', Buffer.from(`${JSON.stringify(header, undefined, 2)}\n`, 'utf8')],
    ['model.xml', Buffer.from(xml, 'utf8')],
  ]);
}
