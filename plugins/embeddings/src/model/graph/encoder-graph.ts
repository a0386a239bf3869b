import type { OnnxModel } from '@aiwork/onnx-format';
import type { EncoderSpec } from '../encoder-spec.ts';
import { unreadable } from '../model-error.ts';
import type { ModelTensorInfo } from '../model-tensor.ts';
import { attention } from './attention.ts';
import { type GraphBuilder, graphBuilder, type Value } from './graph-builder.ts';
import type { GraphContext } from './graph-context.ts';
import { poolTokens } from './pool-tokens.ts';

/** Where the elements of a tensor are. Offset and length in bytes. */
export interface TensorPlace extends ModelTensorInfo {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Is shown what goes into each linear layer, and may look at it in the graph. */
export type LinearObserver = (graph: GraphBuilder, input: Value, name: string) => void;

/**
 * The encoder as a graph of ONNX's own operators: `input_ids` and `attention_mask` of `[batch, tokens]` in, `embedding` of
 * `[batch, dimensions]` out. Which precision a layer computes in is what its weights are stored in.
 *
 * Masked tokens change nothing, so a text may be padded behind its end.
 */
export function encoderGraph(
  spec: EncoderSpec,
  tensors: ReadonlyMap<string, TensorPlace>,
  observe?: LinearObserver,
): OnnxModel {
  const placeOf = (name: string): TensorPlace => {
    const place = tensors.get(name);
    if (!place) throw unreadable(`the model file has no tensor ${name}`);
    return place;
  };
  const graph = graphBuilder(({ name }) => {
    const { location, offset, length } = placeOf(name);
    return { location, offset, length };
  });
  const weight = (name: string) => graph.weight(placeOf(name));
  const context: GraphContext = {
    spec,
    graph,
    weight,
    linear: (input, name) => {
      observe?.(graph, input, name);
      const weights = matrix(graph, placeOf, name);
      return graph.add('Add', [
        graph.add('MatMul', [weights.input(input), weights.matrix]),
        weight(`${name}.bias`),
      ]);
    },
  };
  const mask = graph.add('Cast', ['attention_mask'], { to: { int: 1 } });
  let tokens = embedTokens(context, placeOf);
  const attend = attention(context, mask);
  for (let layer = 0; layer < spec.layers; layer += 1) {
    const at = `layers.${layer}`;
    tokens = norm(
      context,
      `${at}.attention.norm`,
      graph.add('Add', [attend(tokens, `${at}.attention`), tokens]),
    );
    const wide = activate(context, context.linear(tokens, `${at}.feed.input`));
    tokens = norm(
      context,
      `${at}.feed.norm`,
      graph.add('Add', [context.linear(wide, `${at}.feed.output`), tokens]),
    );
  }
  poolTokens(context, tokens, mask, 'embedding');
  const text = { type: 'int64', shape: ['batch', 'tokens'] } as const;
  return {
    opsets: { '': 20 },
    name: spec.architecture,
    inputs: [
      { name: 'input_ids', ...text },
      { name: 'attention_mask', ...text },
    ],
    outputs: [{ name: 'embedding', type: 'float32', shape: ['batch', spec.hidden] }],
    nodes: graph.nodes,
    initializers: graph.initializers,
  };
}

/** What a linear layer multiplies with, and what it makes of its input before that. */
function matrix(
  graph: GraphBuilder,
  placeOf: (name: string) => TensorPlace,
  name: string,
): { readonly matrix: Value; input(value: Value): Value } {
  const stored = placeOf(`${name}.weight`);
  const plain = (value: Value) => value;
  if (stored.type === 'float32') return { matrix: graph.weight(stored), input: plain };
  if (stored.type === 'float16') return { matrix: widened(graph, graph.weight(stored)), input: plain };
  const part = (suffix: string) => graph.weight(placeOf(`${name}.${suffix}`));
  const step = [part('input.scale'), part('input.zero')];
  return {
    matrix: graph.add('DequantizeLinear', [graph.weight(stored), part('weight.scale')], { axis: { int: 1 } }),
    // Engines know the pair as a sign that they may multiply in integers.
    input: (value) => {
      const smooth = graph.add('Mul', [value, part('input.smooth')]);
      return graph.add('DequantizeLinear', [graph.add('QuantizeLinear', [smooth, ...step]), ...step]);
    },
  };
}

function widened(graph: GraphBuilder, value: Value): Value {
  return graph.add('Cast', [value], { to: { int: 1 } });
}

function embedTokens(context: GraphContext, placeOf: (name: string) => TensorPlace): Value {
  const { graph } = context;
  const { type } = placeOf('embeddings.word');
  const rows = graph.add('Gather', [context.weight('embeddings.word'), 'input_ids']);
  const words = () => {
    if (type === 'float32') return rows;
    if (type === 'float16') return widened(graph, rows);
    const scales = graph.add('Gather', [context.weight('embeddings.word.scale'), 'input_ids']);
    return graph.add('Mul', [widened(graph, rows), scales]);
  };
  const start = graph.integers(0);
  const length = graph.add('Shape', ['input_ids'], { start: { int: 1 }, end: { int: 2 } });
  const positions = graph.add('Slice', [context.weight('embeddings.position'), start, length, start]);
  const halves = placeOf('embeddings.position').type === 'float16';
  return norm(
    context,
    'embeddings.norm',
    graph.add('Add', [words(), halves ? widened(graph, positions) : positions]),
  );
}

function norm({ graph, spec, weight }: GraphContext, name: string, value: Value): Value {
  return graph.add('LayerNormalization', [value, weight(`${name}.scale`), weight(`${name}.bias`)], {
    axis: { int: -1 },
    epsilon: { float: spec.layerNormEpsilon },
  });
}

function activate({ graph, spec }: GraphContext, value: Value): Value {
  if (spec.activation === 'relu') return graph.add('Relu', [value]);
  return graph.add(
    'Gelu',
    [value],
    spec.activation === 'gelu-tanh' ? { approximate: { string: 'tanh' } } : {},
  );
}
