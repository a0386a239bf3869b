import { type AnyFlow, type FlowNode, inputStepId } from '@aiwork/core';
import { edgesOf, handledFailures } from '@aiwork/core/adapter-kit';

/** Beyond this, ids of tasks in groups in groups would be little but a hash. */
const maxPrefixLength = 120;

export interface Callee {
  readonly node: FlowNode;
  /** The flow that `node` calls. */
  readonly flow: AnyFlow;
  readonly index: number;
  readonly dependents: readonly (readonly number[])[];
  readonly nodes: readonly FlowNode[];
  readonly prefix: string;
}

/**
 * Whether the steps of a sub-flow become tasks of the DAG. They do not where the sub-flow ends as a whole in a way that
 * Airflow has nothing for: then one task runs it, and all is as in the flow.
 */
export function isInlined({ node, flow, index, dependents, nodes, prefix }: Callee): boolean {
  if (node.kind !== 'call' || node.onError || node.undo || prefix.length > maxPrefixLength) return false;
  if (hasFields(node.policy) || hasFields(flow.policy) || flow.queue !== undefined) return false;
  const looksAtFailure = (i: number) => {
    const dependent = nodes[i];
    return dependent?.kind === 'settle' || dependent?.kind === 'race' || dependent?.onError === 'continue';
  };
  if (dependents[index]?.some(looksAtFailure)) return false;
  const graph = flow.toGraph();
  if (graph.onFailure || graph.onCancel || graph.nodes.length === 0) return false;
  if (graph.nodes.some(({ kind, undo }) => kind === 'race' || undo)) return false;
  return graph.output === inputStepId || !outputMayBeLost(graph.nodes, graph.output);
}

const hasFields = (policy: object | undefined) => policy !== undefined && Object.keys(policy).length > 0;

/** Whether the flow's output may fail although every task without dependents succeeds. */
export function outputMayBeLost(nodes: readonly FlowNode[], output: string): boolean {
  const order = new Map(nodes.map(({ id }, i) => [id, i]));
  const dependents: number[][] = nodes.map(() => []);
  nodes.forEach((node, i) => {
    for (const id of edgesOf(node)) dependents[order.get(id) as number]?.push(i);
  });
  const index = order.get(output);
  if (index === undefined || nodes[index]?.onError === 'continue') return false;
  return handledFailures(nodes, dependents)[index] as boolean;
}
