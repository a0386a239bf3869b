import type { LoadedModel } from '@aiwork/core';
import type { LinearObserver } from '../graph/encoder-graph.ts';

/** Least and greatest number that each channel of a linear layer's input had. */
export interface InputRange {
  readonly least: Float32Array;
  readonly greatest: Float32Array;
}

const least = (name: string) => `${name}:least`;
const greatest = (name: string) => `${name}:greatest`;

/** Has a graph tell the ranges of what goes into its linear layers, beside what it gives anyway. */
export const observeRanges: LinearObserver = (graph, input, name) => {
  const axes = graph.integers(0, 1);
  const flat = { keepdims: { int: 0 } };
  graph.name(least(name), 'ReduceMin', [input, axes], flat);
  graph.name(greatest(name), 'ReduceMax', [input, axes], flat);
};

/** The outputs that {@link observeRanges} adds, for layers of these names. */
export function rangeOutputs(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [least(name), greatest(name)]);
}

/** Widens ranges by what one inference told of them. */
export function widen(
  ranges: Map<string, InputRange>,
  names: readonly string[],
  told: Awaited<ReturnType<LoadedModel['infer']>>,
): void {
  for (const name of names) {
    const low = told[least(name)];
    const high = told[greatest(name)];
    if (low?.type !== 'float32' || high?.type !== 'float32') continue;
    const before = ranges.get(name);
    ranges.set(name, {
      least: before ? before.least.map((value, i) => Math.min(value, low.data[i] ?? value)) : low.data,
      greatest: before
        ? before.greatest.map((value, i) => Math.max(value, high.data[i] ?? value))
        : high.data,
    });
  }
}
