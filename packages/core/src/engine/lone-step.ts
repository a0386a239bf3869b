import type { FlowGraph, FlowNode, PolicyData, UnitRef } from '../flow-graph.ts';
import type { Policy } from '../policy.ts';
import type { RunEventBody } from '../run-event.ts';
import { edgesOf } from '../units/check-graph.ts';
import type { AnyFlow, Outcome } from '../units/flow.ts';
import { makeFlow } from '../units/make-flow.ts';
import type { CompiledNode } from './compile.ts';
import { shouldRetry } from './retry.ts';

/** A step taken out of its flow: a flow that has nothing else to do. */
export interface LoneStep {
  readonly unit: AnyFlow;
  /** Its id in there; an item of a map has one of its own. */
  readonly id: string;
  /** What `error` of a failed attempt was judged by, or `undefined` when it was not asked. */
  mayRetry(): boolean | undefined;
}

export type MapNode = Extract<FlowNode, { readonly kind: 'map' }>;

const givenStep = '$given';
const askedCode = '$mayRetry';

/**
 * The flow with this step alone. Those it needs are there to be known as over, by {@link outcomeEvents}: what the step is
 * shown of them is then what any flow shows. It makes one attempt, takes nothing back and has no condition.
 */
export function loneStep(flow: AnyFlow, { node, policy }: CompiledNode): LoneStep {
  return alone(flow, asWhole(node), policy.retry);
}

/** One item of a map; {@link givenEvent} says which value it is. */
export function loneItem(flow: AnyFlow, map: MapNode, retry: Policy['retry'], item: number): LoneStep {
  // Its budget is for all items together.
  const { budget: _, ...policy } = map.policy ?? {};
  return alone(flow, callWithGiven(`${map.id}[${item}]`, map.unit, policy), retry);
}

/** The flow's own task, told of an ending; {@link givenEvent} says of which error. */
export function loneEnding(flow: AnyFlow, id: string, unit: UnitRef): LoneStep {
  return alone(flow, callWithGiven(id, unit), flow.parts().units[`${unit.kind}:${unit.id}`]?.policy.retry);
}

function alone(flow: AnyFlow, own: FlowNode, retry: Policy['retry']): LoneStep {
  const { nodes, tags, policy } = flow.toGraph();
  const parts = flow.parts();
  let asked: boolean | undefined;
  const judge = (error: unknown) => {
    asked = shouldRetry({ ...retry, maxAttempts: Number.POSITIVE_INFINITY }, error, 1);
    return false;
  };
  const needed = new Set(edgesOf(own));
  const known = [...nodes, { id: givenStep }].filter(({ id }) => needed.has(id));
  const draft: Omit<FlowGraph, 'hash'> = {
    format: 1,
    // No worker may take it for the flow.
    id: `${flow.id}/${own.id}`,
    version: flow.version,
    nodes: [...known.map(over), own],
    output: own.id,
    ...(tags && { tags }),
    ...(policy && { policy: limitsOf(policy) }),
  };
  const unit = makeFlow(draft, { ...parts, code: { ...parts.code, [askedCode]: judge } });
  return { unit, id: own.id, mayRetry: () => asked };
}

/** The journal's words for how needed steps ended. */
export function outcomeEvents(needs: Readonly<Record<string, Outcome<unknown>>>): readonly RunEventBody[] {
  return Object.entries(needs).map(([stepId, outcome]) => outcomeEvent(stepId, outcome));
}

/** The journal's words for what an item, or a task that is told of an ending, is given. */
export function givenEvent(value: unknown): RunEventBody {
  return outcomeEvent(givenStep, { status: 'succeeded', value });
}

function outcomeEvent(stepId: string, outcome: Outcome<unknown>): RunEventBody {
  switch (outcome.status) {
    case 'succeeded': {
      const { value } = outcome;
      return { type: 'step.succeeded', stepId, attempt: 1, ...(value !== undefined && { output: value }) };
    }
    case 'failed':
      return { type: 'step.failed', stepId, attempt: 1, error: outcome.error };
    case 'skipped':
      return { type: 'step.skipped', stepId };
    case 'cancelled':
      return { type: 'step.cancelled', stepId, reason: 'it was cancelled' };
  }
}

function over({ id, onError }: Pick<FlowNode, 'id' | 'onError'>): FlowNode {
  return { kind: 'step', id, needs: {}, run: { code: '' }, ...(onError && { onError }) };
}

function asWhole({ when: _, undo: __, onError: ___, ...node }: FlowNode): FlowNode {
  if (node.kind === 'race' || node.kind === 'wait' || node.kind === 'sleep') return node;
  return { ...node, policy: oneAttempt(node.policy) };
}

function callWithGiven(id: string, unit: UnitRef, policy?: PolicyData): FlowNode {
  const input = { ref: { step: givenStep, path: [] } };
  return { kind: 'call', id, needs: {}, unit, input, policy: oneAttempt(policy) };
}

/** A second attempt is possible, so that it is asked whether it would help; the answer is kept, and is no here. */
function oneAttempt(policy: PolicyData | undefined): PolicyData {
  return { ...policy, retry: { maxAttempts: 2, retryOn: { code: askedCode } } };
}

function limitsOf({ timeout, budget }: PolicyData): PolicyData {
  return { ...(timeout !== undefined && { timeout }), ...(budget && { budget }) };
}
