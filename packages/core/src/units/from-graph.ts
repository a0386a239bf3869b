import { AiworkError } from '../errors.ts';
import type { FlowGraph } from '../flow-graph.ts';
import { type Policy, pickPolicy } from '../policy.ts';
import { checkGraph } from './check-graph.ts';
import type { AnyFlow, Flow, FlowParts } from './flow.ts';
import { hashGraph } from './graph-hash.ts';
import { checkId } from './runnable.ts';
import { checkSchedules } from './schedule.ts';
import { requireSchema } from './task.ts';

/**
 * Makes a flow of a graph: of one drawn in a designer, stored, or given by another flow's `toGraph()`. `parts` holds the
 * units, code and schemas the graph names.
 *
 * @throws `AIWORK_CYCLE`, `AIWORK_UNKNOWN_NEED`, `AIWORK_DUPLICATE_ID` or `AIWORK_INVALID_FLOW`, naming the step.
 * @example
 * ```ts
 * import { defineFlow, fromGraph } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const flow = defineFlow({ id: 'double', input: z.number() }, (f) =>
 *   f.step('twice', { needs: { n: f.input }, run: ({ n }) => n * 2 }),
 * );
 * const again = fromGraph(flow.toGraph(), flow.parts());
 * console.log(again.toGraph().hash === flow.toGraph().hash); // true
 * ```
 * @since 0.1.0
 */
export function fromGraph(graph: FlowGraph | Omit<FlowGraph, 'hash'>, parts: FlowParts): AnyFlow {
  if (graph?.format !== 1) {
    throw new AiworkError(
      'AIWORK_INVALID_FLOW',
      `the graph has format ${JSON.stringify(graph?.format)}, and this version of @aiwork/core reads format 1`,
    );
  }
  checkId(graph.id, 'the flow');
  for (const node of graph.nodes) {
    checkId(node.id, `a step of flow "${graph.id}"`);
    if (node.policy) pickPolicy(node.policy as unknown as Policy, `step "${node.id}" of flow "${graph.id}"`);
  }
  requireSchema(parts.schemas['input'], `input of flow "${graph.id}"`);
  checkSchedules(graph.schedules, `flow "${graph.id}"`);
  const { hash: _, ...meaning } = graph as FlowGraph;
  checkGraph(meaning, parts);
  return makeFlow(meaning, parts);
}

/** The flow object of a checked graph. */
// biome-ignore lint/suspicious/noExplicitAny: the caller knows the types
export function makeFlow(draft: Omit<FlowGraph, 'hash'>, parts: FlowParts): Flow<any, any> {
  let graph: FlowGraph | undefined;
  return Object.freeze({
    '~aiwork': 'unit/1' as const,
    kind: 'flow' as const,
    id: draft.id,
    version: draft.version,
    tags: draft.tags ?? [],
    policy: policyOf(draft, parts),
    input: parts.schemas['input'] as NonNullable<FlowParts['schemas'][string]>,
    toGraph: () => {
      graph ??= deepFreeze({ ...draft, hash: hashGraph(draft) });
      return graph;
    },
    parts: () => parts,
  });
}

function policyOf(draft: Omit<FlowGraph, 'hash'>, parts: FlowParts): Policy {
  const { retry, ...rest } = draft.policy ?? {};
  if (!retry) return rest;
  const { retryOn, ...fields } = retry;
  return {
    ...rest,
    retry: {
      ...fields,
      ...(retryOn && { retryOn: parts.code[retryOn.code] as (error: unknown) => boolean }),
    },
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const item of Object.values(value)) deepFreeze(item);
  }
  return value;
}
