import type { FlowGraph } from '../flow-graph.ts';
import type { Policy } from '../policy.ts';
import type { Flow, FlowParts } from './flow.ts';
import { hashGraph } from './graph-hash.ts';

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
