import {
  AiworkError,
  type AnyFlow,
  type FlowExporter,
  type FlowNode,
  UnsupportedCapabilityError,
} from '@aiwork/core';
import { edgesOf, invalidArgument, requireGraph } from '@aiwork/core/adapter-kit';
import type { FlowFeature } from '../../contracts/flow-exporter/flows/features.ts';
import { type Plan, type PlanTask, planPath } from './plan.ts';

/** What plans do not have. */
export const unsupported: readonly FlowFeature[] = ['race', 'wait', 'rate-limit', 'flow-budget'];

const known = ['approximate', 'file', 'signal'];

/** Writes a flow as a plan: correct, and what saboteurs are made of. */
export const referenceExporter: FlowExporter = {
  target: 'plan',
  async export(flow: AnyFlow, options = {}) {
    const { signal, approximate = false } = options;
    if (signal?.aborted) {
      throw new AiworkError('AIWORK_CANCELLED', 'the export was cancelled', { cause: signal.reason });
    }
    const unknown = Object.keys(options).find((option) => !known.includes(option));
    if (unknown !== undefined) throw invalidArgument(`there is no option "${unknown}": leave it out`);
    const plan = planOf(flow, (what) => {
      if (!approximate) throw new UnsupportedCapabilityError(`${what}: plans have none`);
    });
    return [{ path: planPath(flow.id), content: withSortedKeys(plan) }];
  },
};

function planOf(flow: AnyFlow, dropped: (what: string) => void): Plan {
  const graph = flow.toGraph();
  requireGraph(graph);
  if (graph.policy?.budget) dropped(`the budget of flow "${graph.id}"`);
  return { flow: graph.id, tasks: graph.nodes.map(task) };

  function task(node: FlowNode): PlanTask {
    const step = `step "${node.id}" of flow "${graph.id}"`;
    if (node.kind === 'race' || node.kind === 'wait')
      throw new UnsupportedCapabilityError(`${step} is a ${node.kind}: plans have none`);
    if (node.policy?.rateLimit) dropped(`the rate limit of ${step}`);
    const called = 'unit' in node ? flow.parts().units[`flow:${node.unit.id}`] : undefined;
    return {
      name: node.id,
      step: node.id,
      after: [...edgesOf(node)].sort(),
      does: node,
      ...(called && { plan: planOf(called as AnyFlow, dropped) }),
    };
  }
}

const withSortedKeys = (plan: Plan): string =>
  JSON.stringify(plan, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
