import type { Value } from './graph-builder.ts';
import type { GraphContext } from './graph-context.ts';

/** What a token must not attend to gets this added. `e` to the power of it is 0, and half precision can hold it. */
const unseen = 10_000;

/**
 * Attention of all heads, and the linear layers around it.
 *
 * @param mask - 1 for each token of a text, 0 for padding, as `[batch, tokens]`.
 */
export function attention(context: GraphContext, mask: Value): (tokens: Value, name: string) => Value {
  const { graph, spec, linear } = context;
  const bias = attentionBias(context, mask);
  const byHead = graph.integers(0, 0, spec.heads, spec.hidden / spec.heads);
  const joined = graph.integers(0, 0, spec.hidden);
  const perm = (...order: readonly number[]) => ({ perm: { ints: order } });
  return (tokens, name) => {
    const parts = graph.split(linear(tokens, `${name}.input`), 3);
    const [queries = '', keys = '', values = ''] = parts.map((part, i) =>
      graph.add(
        'Transpose',
        [graph.add('Reshape', [part, byHead])],
        i === 1 ? perm(0, 2, 3, 1) : perm(0, 2, 1, 3),
      ),
    );
    const scores = graph.add('Add', [graph.add('MatMul', [queries, keys]), bias]);
    const shares = graph.add('Softmax', [scores], { axis: { int: -1 } });
    const seen = graph.add('Transpose', [graph.add('MatMul', [shares, values])], perm(0, 2, 1, 3));
    return linear(graph.add('Reshape', [seen, joined]), `${name}.output`);
  };
}

/** What all layers add to how much a token attends to another. */
function attentionBias({ graph, spec, weight }: GraphContext, mask: Value): Value {
  const wide = graph.add('Unsqueeze', [mask, graph.integers(1, 2)]);
  const hidden = graph.add('Mul', [graph.add('Sub', [wide, graph.scalar(1)]), graph.scalar(unseen)]);
  if (spec.architecture !== 'mpnet') return hidden;
  const length = graph.add('Squeeze', [
    graph.add('Shape', ['input_ids'], { start: { int: 1 }, end: { int: 2 } }),
  ]);
  const zero = graph.add('Squeeze', [graph.integers(0)]);
  const one = graph.add('Squeeze', [graph.integers(1)]);
  const places = graph.add('Range', [zero, length, one]);
  const distances = graph.add('Sub', [
    graph.add('Unsqueeze', [places, graph.integers(0)]),
    graph.add('Unsqueeze', [places, graph.integers(1)]),
  ]);
  const rows = graph.add('Add', [distances, graph.integers(spec.maxTokens - 1)]);
  const byDistance = graph.add('Gather', [weight('positions.bias'), rows]);
  const heads = graph.add('Transpose', [byDistance], { perm: { ints: [2, 0, 1] } });
  return graph.add('Add', [hidden, heads]);
}
