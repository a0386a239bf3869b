// Runs in a thread of its own, and asks nothing of other packages at run time.
import { parentPort, workerData } from 'node:worker_threads';
import { type PlacedTensors, placeTensors } from '../file/place-tensors.ts';
import type { ModelTensor } from '../model-tensor.ts';
import type { InputRange } from './input-ranges.ts';
import { quantizeTensors } from './quantize-tensors.ts';

/** What is quantized, in one way or another. */
export interface Quantizable {
  readonly floats: readonly ModelTensor[];
  readonly ranges: ReadonlyMap<string, InputRange>;
}

/** How. */
export interface QuantizeRequest {
  readonly smoothing: number;
  /** Linear layers that stay in floats. */
  readonly unquantized: ReadonlySet<string>;
}

if (parentPort === null) throw new Error('this is for a worker thread');
const port = parentPort;
const { floats, ranges } = workerData as Quantizable;

port.on('message', ({ smoothing, unquantized }: QuantizeRequest) => {
  const tensors = quantizeTensors(floats, ranges, smoothing, unquantized);
  // In memory that threads share, so that the answer is no copy.
  port.postMessage(placeTensors(tensors, 'weights') satisfies PlacedTensors);
});
