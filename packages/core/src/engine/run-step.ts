import { AiworkError } from '../errors.ts';
import type { FlowNode, UnitRef } from '../flow-graph.ts';
import { toRunError } from '../run-error.ts';
import type { RunEventBody } from '../run-event.ts';
import type { StepRunEnd, StepRunOptions } from '../step-run.ts';
import type { AnyFlow, Outcome } from '../units/flow.ts';
import type { AnyStep } from '../units/ref.ts';
import { isUnit } from '../units/runnable.ts';
import { checkInput, checkRunId } from './active-runs.ts';
import { type Attempts, attemptStep } from './attempt-step.ts';
import { type Compiled, type CompiledNode, compile } from './compile.ts';
import {
  givenEvent,
  type LoneStep,
  loneEnding,
  loneItem,
  loneStep,
  type MapNode,
  outcomeEvents,
} from './lone-step.ts';
import { NodeTable } from './node-table.ts';
import { itemsOf } from './repeat.ts';
import { applyEvent, emptyRunState, type RunState } from './run-state.ts';

type Needs = Readonly<Record<string, Outcome<unknown>>>;

/** Makes one attempt of a step of a run that something else leads, or tells a part of it. */
export async function runStep(
  flow: AnyFlow,
  asked: Pick<AnyStep, 'id'> | string,
  options: StepRunOptions,
  host: Omit<Attempts, 'runId'>,
): Promise<StepRunEnd> {
  if (!isUnit(flow) || flow.kind !== 'flow') refuse('runStep needs a flow: only flows have steps');
  const { needs = {}, part = 'run', attempt = 1, signal } = options;
  if (!Number.isSafeInteger(attempt) || attempt < 1) {
    refuse(`attempt is ${String(attempt)}: it needs to be a whole number from 1 on`);
  }
  const stepId = typeof asked === 'string' ? asked : asked.id;
  const attempts = { ...host, runId: checkRunId(options.runId) };
  const compiled = compile(flow);
  if (typeof part === 'object') {
    const lone =
      'error' in part ? takeEnding(flow, stepId) : takeItem(flow, requireStep(compiled, stepId), part);
    const done = [givenEvent('error' in part ? part.error : part.value)];
    return attemptStep(attempts, lone, { input: undefined, done, number: attempt, signal });
  }
  const step = requireStep(compiled, stepId);
  requireKind(step, part);
  requireNeeds(compiled, step, needs);
  const input = await checkInput(flow, options.input);
  const refused = refusal(compiled, step, needs);
  if (refused) return refused;
  const done = outcomeEvents(needs);
  const table = new NodeTable(compiled, input, stateAfter(done));
  const told = await tellFirst(compiled, step, table, part);
  return told ?? attemptStep(attempts, loneStep(flow, step), { input, done, number: attempt, signal });
}

function requireStep({ index, nodes, unit }: Compiled, stepId: string): CompiledNode {
  const step = nodes[index.get(stepId) ?? -1];
  if (step) return step;
  const names = nodes.map(({ id }) => `"${id}"`).join(', ');
  throw new AiworkError(
    'AIWORK_UNKNOWN_STEP',
    `flow "${unit.id}" has no step "${stepId}"; its steps are ${names}`,
  );
}

type Told = Extract<StepRunOptions['part'], string>;

function requireKind({ id, node }: CompiledNode, part: Told): void {
  if (part === 'over') requireMap(node);
  if (part === 'input' && node.kind !== 'call')
    refuse(`step "${id}" calls nothing: it is a ${node.kind}, not a call`);
  if (part === 'run' && node.kind === 'wait')
    refuse(`step "${id}" waits for a payload, which only reaches a whole run of its flow`);
}

function requireMap(node: FlowNode): MapNode {
  if (node.kind === 'map') return node;
  return refuse(`step "${node.id}" has no items: it is a ${node.kind}, not a map`);
}

function takeItem(
  flow: AnyFlow,
  { node, policy }: CompiledNode,
  { item }: { readonly item: number },
): LoneStep {
  const map = requireMap(node);
  if (Number.isSafeInteger(item) && item >= 0) return loneItem(flow, map, policy.retry, item);
  return refuse(`part.item is ${String(item)}: it needs to be the index of an item, 0 or more`);
}

function takeEnding(flow: AnyFlow, stepId: string): LoneStep {
  const { onFailure, onCancel } = flow.toGraph();
  const told: UnitRef | undefined = { $onFailure: onFailure, $onCancel: onCancel }[stepId];
  if (told) return loneEnding(flow, stepId, told);
  return refuse(`flow "${flow.id}" has no "${stepId}" that is told of an error`);
}

function requireNeeds({ nodes }: Compiled, { id, edges }: CompiledNode, needs: Needs): void {
  const needed = edges.flatMap((index) => nodes[index]?.id ?? []);
  const missing = needed.find((need) => !Object.hasOwn(needs, need));
  if (missing !== undefined) refuse(`needs does not say how "${missing}" ended, which step "${id}" needs`);
  const other = Object.keys(needs).find((need) => !needed.includes(need));
  if (other !== undefined) refuse(`needs says how "${other}" ended, which step "${id}" does not need`);
}

function refuse(message: string): never {
  throw new AiworkError('AIWORK_INVALID_ARGUMENT', message);
}

/** A step cannot be done when one it needs failed or was cancelled, unless it is about that. */
function refusal(
  { nodes }: Compiled,
  { id, node, edges }: CompiledNode,
  needs: Needs,
): StepRunEnd | undefined {
  if (node.kind === 'settle' || node.kind === 'race') return undefined;
  for (const index of edges) {
    const need = nodes[index]?.node;
    const status = need && needs[need.id]?.status;
    if (status === 'cancelled') return { status };
    if (status !== 'failed' || need?.onError === 'continue') continue;
    const message = `step "${id}" cannot start: step "${need?.id}", which it needs, failed`;
    return failure(new AiworkError('AIWORK_NEED_FAILED', message, { stepId: id }), id);
  }
  return undefined;
}

/** What is known of a step before it is done: that it is skipped, or what was asked for is no more than that. */
async function tellFirst(
  compiled: Compiled,
  step: CompiledNode,
  table: NodeTable,
  part: Told,
): Promise<StepRunEnd | undefined> {
  try {
    const holds = Boolean(step.when ? await step.when(table.named(step)) : true);
    if (part === 'when') return { status: 'succeeded', value: holds };
    if (!holds) return { status: 'skipped' };
    if (part === 'over') return { status: 'succeeded', value: itemsOf(compiled, step, table, step.id) };
    if (part === 'input') return { status: 'succeeded', value: table.callInput(step) };
    return undefined;
  } catch (error) {
    return failure(error, step.id);
  }
}

/** What fails before an attempt is made is no better at the next one. */
function failure(thrown: unknown, stepId: string): StepRunEnd {
  return { status: 'failed', error: toRunError(thrown, stepId), mayRetry: false };
}

function stateAfter(bodies: readonly RunEventBody[]): RunState {
  const state = emptyRunState();
  for (const body of bodies) applyEvent(state, { ...body, seq: 0, at: 0, runId: '' });
  return state;
}
