import { AiworkError } from '../errors.ts';
import type { FlowGraph, FlowNode, PolicyData } from '../flow-graph.ts';
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

const itemStep = '$item';
const askedCode = '$mayRetry';

/**
 * The flow with this step alone. Those it needs are there to be known as over, by {@link outcomeEvents}: what the step is
 * shown of them is then what any flow shows. It makes one attempt, takes nothing back and has no condition.
 */
export function loneStep(flow: AnyFlow, step: CompiledNode, item?: number): LoneStep {
  const { nodes, tags, policy } = flow.toGraph();
  const parts = flow.parts();
  const { retry } = step.policy;
  let asked: boolean | undefined;
  const judge = (error: unknown) => {
    asked = shouldRetry({ ...retry, maxAttempts: Number.POSITIVE_INFINITY }, error, 1);
    return false;
  };
  const own = item === undefined ? asWhole(step.node) : asItem(step.node, item);
  const needed = new Set(edgesOf(own));
  const known = nodes.filter(({ id }) => needed.has(id));
  const draft: Omit<FlowGraph, 'hash'> = {
    format: 1,
    // No worker may take it for the flow.
    id: `${flow.id}/${own.id}`,
    version: flow.version,
    nodes: [...known.map(over), ...(item === undefined ? [] : [over({ id: itemStep })]), own],
    output: own.id,
    ...(tags && { tags }),
    ...(policy && { policy: limitsOf(policy) }),
  };
  const unit = makeFlow(draft, { ...parts, code: { ...parts.code, [askedCode]: judge } });
  return { unit, id: own.id, mayRetry: () => asked };
}

/** The journal's words for how needed steps ended, and for the item there is to do. */
export function outcomeEvents(
  needs: Readonly<Record<string, Outcome<unknown>>>,
  item?: { readonly value: unknown },
): readonly RunEventBody[] {
  const events = Object.entries(needs).map(([stepId, outcome]) => outcomeEvent(stepId, outcome));
  return item ? [...events, outcomeEvent(itemStep, { status: 'succeeded', value: item.value })] : events;
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

function asItem(node: FlowNode, item: number): FlowNode {
  if (node.kind !== 'map') {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `step "${node.id}" has no items: it is a ${node.kind}, not a map`,
    );
  }
  // Its budget is for all items together.
  const { budget: _, ...policy } = node.policy ?? {};
  const input = { ref: { step: itemStep, path: [] } };
  return {
    kind: 'call',
    id: `${node.id}[${item}]`,
    needs: {},
    unit: node.unit,
    input,
    policy: oneAttempt(policy),
  };
}

/** A second attempt is possible, so that it is asked whether it would help; the answer is kept, and is no here. */
function oneAttempt(policy: PolicyData | undefined): PolicyData {
  return { ...policy, retry: { maxAttempts: 2, retryOn: { code: askedCode } } };
}

function limitsOf({ timeout, budget }: PolicyData): PolicyData {
  return { ...(timeout !== undefined && { timeout }), ...(budget && { budget }) };
}
