import type { EncoderSpec } from '../encoder-spec.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';

/** What a graph is built from, and what all parts of it use. */
export interface GraphContext {
  readonly spec: EncoderSpec;
  readonly graph: GraphBuilder;
  /** A weight by its name; it is an error if there is none. */
  weight(name: string): Value;
  /** A linear layer, as the file has it: in floats, in halves, or quantized. */
  linear(input: Value, name: string): Value;
}
