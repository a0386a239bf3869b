import type { LoadedModel } from '@aiwork/core';
import type { LinearObserver } from '../graph/encoder-graph.ts';

/** What numbers each channel of a linear layer's input had. */
export interface InputRange {
  readonly least: Float32Array;
  readonly greatest: Float32Array;
  /** In the mean of all tokens. */
  readonly mean: Float32Array;
  /** Of how many. */
  readonly tokens: number;
}

const least = (name: string) => `${name}:least`;
const greatest = (name: string) => `${name}:greatest`;
const mean = (name: string) => `${name}:mean`;

/** Has a graph tell the ranges of what goes into its linear layers, beside what it gives anyway. */
export const observeRanges: LinearObserver = (graph, input, name) => {
  const axes = graph.integers(0, 1);
  const flat = { keepdims: { int: 0 } };
  graph.name(least(name), 'ReduceMin', [input, axes], flat);
  graph.name(greatest(name), 'ReduceMax', [input, axes], flat);
  graph.name(mean(name), 'ReduceMean', [input, axes], flat);
};

/** The outputs that {@link observeRanges} adds, for layers of these names. */
export function rangeOutputs(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [least(name), greatest(name), mean(name)]);
}

/** Widens ranges by what one inference of so many tokens told of them. */
export function widen(
  ranges: Map<string, InputRange>,
  names: readonly string[],
  told: Awaited<ReturnType<LoadedModel['infer']>>,
  tokens: number,
): void {
  for (const name of names) {
    const [low, high, middle] = [least(name), greatest(name), mean(name)].map((output) => told[output]);
    if (low?.type !== 'float32' || high?.type !== 'float32' || middle?.type !== 'float32') continue;
    const next = { least: low.data, greatest: high.data, mean: middle.data, tokens };
    const before = ranges.get(name);
    ranges.set(name, before ? together(before, next) : next);
  }
}

function together(one: InputRange, other: InputRange): InputRange {
  const tokens = one.tokens + other.tokens;
  return {
    least: one.least.map((value, i) => Math.min(value, other.least[i] ?? value)),
    greatest: one.greatest.map((value, i) => Math.max(value, other.greatest[i] ?? value)),
    mean: one.mean.map((value, i) => value + ((other.mean[i] ?? value) - value) * (other.tokens / tokens)),
    tokens,
  };
}
