import type { Binding, FlowGraph } from '@aiwork/core';
import { inputStepId } from '@aiwork/core';

/** What each step was given, as far as graph and outputs tell. The journal itself keeps outputs, not inputs. */
export function stepInputs(
  graph: FlowGraph,
  input: unknown,
  outputs: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, unknown> {
  const outputOf = (id: string) => (id === inputStepId ? input : outputs.get(id));
  return new Map(
    graph.nodes.flatMap((node): [string, unknown][] => {
      if (node.kind === 'call') return [[node.id, resolve(node.input, outputOf)]];
      const needs = Object.entries(node.needs);
      return needs.length === 0
        ? []
        : [[node.id, Object.fromEntries(needs.map(([name, id]) => [name, outputOf(id)]))]];
    }),
  );
}

function resolve(binding: Binding, outputOf: (id: string) => unknown): unknown {
  if ('value' in binding) return binding.value;
  if ('list' in binding) return binding.list.map((item) => resolve(item, outputOf));
  if ('fields' in binding) {
    return Object.fromEntries(
      Object.entries(binding.fields).map(([key, item]) => [key, resolve(item, outputOf)]),
    );
  }
  let value = outputOf(binding.ref.step);
  for (const key of binding.ref.path) {
    const holder = value === undefined || value === null ? undefined : Object(value);
    value = holder && Object.hasOwn(holder, key) ? holder[key] : undefined;
  }
  return value;
}
