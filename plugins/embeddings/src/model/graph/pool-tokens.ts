import type { Value } from './graph-builder.ts';
import type { GraphContext } from './graph-context.ts';

/** Below any value a token can have, and far from the largest a float can hold. */
const lowest = 1e9;

/** Makes one vector of the vectors of a text's tokens, and names it. */
export function poolTokens({ graph, spec }: GraphContext, tokens: Value, mask: Value, name: Value): void {
  const wide = graph.add('Unsqueeze', [mask, graph.integers(2)]);
  const pooled = () => {
    if (spec.pooling === 'cls') return graph.add('Gather', [tokens, scalarZero()], { axis: { int: 1 } });
    if (spec.pooling === 'max') {
      const padding = graph.add('Mul', [graph.add('Sub', [wide, graph.scalar(1)]), graph.scalar(lowest)]);
      return graph.add('ReduceMax', [graph.add('Add', [tokens, padding]), graph.integers(1)], keep(0));
    }
    const sum = graph.add('ReduceSum', [graph.add('Mul', [tokens, wide]), graph.integers(1)], keep(0));
    const count = graph.add('ReduceSum', [wide, graph.integers(1)], keep(0));
    return graph.add('Div', [sum, graph.add('Max', [count, graph.scalar(1)])]);
  };
  const scalarZero = () => graph.add('Squeeze', [graph.integers(0)]);
  const vector = pooled();
  if (!spec.normalized) {
    graph.name(name, 'Identity', [vector]);
    return;
  }
  const length = graph.add('ReduceL2', [vector, graph.integers(-1)], keep(1));
  graph.name(name, 'Div', [vector, graph.add('Max', [length, graph.scalar(1e-12)])]);
}

function keep(dimensions: 0 | 1) {
  return { keepdims: { int: dimensions } };
}
