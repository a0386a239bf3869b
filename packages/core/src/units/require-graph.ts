import { AiworkError } from '../errors.ts';
import type { FlowGraph } from '../flow-graph.ts';
import { checkGraph } from './check-graph.ts';
import { checkGraphShape } from './check-graph-shape.ts';
import type { FlowParts } from './flow.ts';
import { checkId, checkStepId } from './runnable.ts';

/**
 * Refuses what is no graph of a flow that could run, whoever made it; without `parts`, what code and units it names is
 * taken on trust.
 *
 * @throws `AIWORK_CYCLE`, `AIWORK_UNKNOWN_NEED`, `AIWORK_DUPLICATE_ID`, `AIWORK_INVALID_FLOW` or
 * `AIWORK_INVALID_ARGUMENT`, naming the step.
 * @example
 * ```ts
 * import { defineFlow } from '@aiwork/core';
 * import { requireGraph } from '@aiwork/core/adapter-kit';
 * import { z } from 'zod';
 *
 * const flow = defineFlow({ id: 'one', input: z.object({}) }, (f) => f.step('only', { run: () => 1 }));
 * requireGraph(flow.toGraph());
 * ```
 * @since 0.1.0
 */
export function requireGraph(graph: FlowGraph | Omit<FlowGraph, 'hash'>, parts?: FlowParts): void {
  if (graph?.format !== 1) {
    throw new AiworkError(
      'AIWORK_INVALID_FLOW',
      `the graph has format ${JSON.stringify(graph?.format)}, and this version of @aiwork/core reads format 1`,
    );
  }
  checkGraphShape(graph);
  checkId(graph.id, 'the flow');
  for (const { id } of graph.nodes) checkStepId(id, `flow "${graph.id}"`);
  checkGraph(graph, parts);
}
