import { type Binding, type FlowGraph, type FlowNode, inputStepId } from '@aiwork/core';

/** A line from a step to one that needs it. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Whether the step it leads to may be skipped. */
  readonly conditional: boolean;
  /** How the step it leads to calls what it needs, where that says more than the id does. */
  readonly alias?: string;
}

/** All lines of a graph, one for each two steps; steps without needs start from the input. */
export function graphEdges(graph: FlowGraph): readonly GraphEdge[] {
  return graph.nodes.flatMap((node) => {
    const needed = neededBy(node);
    if (needed.size === 0) needed.set(inputStepId, undefined);
    // The input says nothing where other steps already decide when this one starts.
    if (needed.size > 1) needed.delete(inputStepId);
    return [...needed].map(([from, alias]) => ({
      from,
      to: node.id,
      conditional: node.when !== undefined,
      ...(alias !== undefined && { alias }),
    }));
  });
}

function neededBy(node: FlowNode): Map<string, string | undefined> {
  const needed = new Map<string, string | undefined>();
  for (const [alias, id] of Object.entries(node.needs)) {
    const plain = (name: string) => name.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();
    needed.set(id, plain(alias) === plain(id) || id === inputStepId ? undefined : alias);
  }
  for (const id of boundSteps(node)) if (!needed.has(id)) needed.set(id, undefined);
  return needed;
}

function boundSteps(node: FlowNode): readonly string[] {
  if (node.kind === 'call') return stepsIn(node.input);
  const given = node.kind === 'map' ? node.over : node.kind === 'loop' ? node.from : undefined;
  return given === undefined || 'code' in given ? [] : stepsIn(given);
}

function stepsIn(binding: Binding): readonly string[] {
  if ('ref' in binding) return [binding.ref.step];
  if ('list' in binding) return binding.list.flatMap(stepsIn);
  if ('fields' in binding) return Object.values(binding.fields).flatMap(stepsIn);
  return [];
}
