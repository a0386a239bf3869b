import type { RunRecord } from '../adapters/run-store.ts';
import { AiworkError } from '../errors.ts';
import { toRunError } from '../run-error.ts';
import type { RunEvent, RunEventBody } from '../run-event.ts';
import type { StepRunEnd, StepRunOptions } from '../step-run.ts';
import type { AnyFlow, Outcome } from '../units/flow.ts';
import type { AnyStep } from '../units/ref.ts';
import { type ActiveRuns, checkInput, checkRunId, findChild } from './active-runs.ts';
import { childRunId } from './child-run-id.ts';
import { type Compiled, type CompiledNode, compile } from './compile.ts';
import { type LoneStep, loneStep, outcomeEvents } from './lone-step.ts';
import { NodeTable } from './node-table.ts';
import { itemsOf } from './repeat.ts';
import type { Ending, RunExecution } from './run-execution.ts';
import { isFinal, loadState, readEvents } from './run-records.ts';
import { applyEvent, emptyRunState, type RunState } from './run-state.ts';
import type { Services } from './scope.ts';

type Needs = Readonly<Record<string, Outcome<unknown>>>;

/** What the attempts of a step are to each other. */
interface Attempts {
  readonly runId: string;
  readonly services: Services;
  readonly runs: Pick<ActiveRuns, 'begin' | 'resume'>;
}

/** Makes one attempt of a step of a run that something else leads, or tells a part of it. */
export async function runStep(
  flow: AnyFlow,
  asked: Pick<AnyStep, 'id'> | string,
  options: StepRunOptions,
  { services, runs }: Omit<Attempts, 'runId'>,
): Promise<StepRunEnd> {
  const { needs = {}, part = 'run', attempt = 1, signal } = options;
  const compiled = compile(flow);
  const step = requireStep(compiled, typeof asked === 'string' ? asked : asked.id, part);
  const item = typeof part === 'object' ? part : undefined;
  if (!item) requireNeeds(compiled, step, needs);
  if (!Number.isSafeInteger(attempt) || attempt < 1) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `attempt is ${String(attempt)}: it needs to be 1 or more`,
    );
  }
  const runId = checkRunId(options.runId);
  const input = await checkInput(flow, options.input);
  if (!item) {
    const refused = refusal(compiled, step, needs);
    if (refused) return refused;
    const table = new NodeTable(compiled, input, stateAfter(outcomeEvents(needs)));
    const told = await tellFirst(compiled, step, table, part);
    if (told) return told;
  }
  const lone = loneStep(flow, step, item?.item);
  const done = outcomeEvents(item ? {} : needs, item);
  return attemptStep({ runId, services, runs }, lone, { input, done, number: attempt, signal });
}

function requireStep(
  compiled: Compiled,
  stepId: string,
  part: NonNullable<StepRunOptions['part']>,
): CompiledNode {
  const at = compiled.index.get(stepId);
  const step = at === undefined ? undefined : compiled.nodes[at];
  const { unit } = compiled;
  if (!step) {
    const names = compiled.nodes.map(({ id }) => `"${id}"`).join(', ');
    throw new AiworkError(
      'AIWORK_UNKNOWN_STEP',
      `flow "${unit.id}" has no step "${stepId}"; its steps are ${names}`,
    );
  }
  const { kind } = step.node;
  const isMapOnly = part === 'over' || typeof part === 'object';
  if (isMapOnly && kind !== 'map') refuse(`step "${stepId}" has no items: it is a ${kind}, not a map`);
  if (kind === 'wait')
    refuse(`step "${stepId}" waits for a payload, which only reaches a whole run of flow "${unit.id}"`);
  if (typeof part === 'object' && (!Number.isSafeInteger(part.item) || part.item < 0))
    refuse(`part.item is ${String(part.item)}: it needs to be the index of an item, 0 or more`);
  return step;
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
  part: StepRunOptions['part'],
): Promise<StepRunEnd | undefined> {
  try {
    const holds = Boolean(step.when ? await step.when(table.named(step)) : true);
    if (part === 'when') return { status: 'succeeded', value: holds };
    if (!holds) return { status: 'skipped' };
    if (part === 'over') return { status: 'succeeded', value: itemsOf(compiled, step, table, step.id) };
    return undefined;
  } catch (error) {
    return failure(error, step.id);
  }
}

/** What fails before an attempt is made is no better at the next one. */
function failure(thrown: unknown, stepId: string): StepRunEnd {
  return { status: 'failed', error: toRunError(thrown, stepId), mayRetry: false };
}

interface Attempt {
  readonly input: unknown;
  /** What is over before it. */
  readonly done: readonly RunEventBody[];
  readonly number: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Every attempt is a run of its own, as those of a sub-flow are, and knows what earlier ones left. One whose process went
 * away is gone on with.
 */
async function attemptStep(attempts: Attempts, lone: LoneStep, attempt: Attempt): Promise<StepRunEnd> {
  const { runId, services, runs } = attempts;
  const { runStore, payloads } = services;
  const { id, last } = await findAttempts(attempts, lone.id);
  const origin = { shownId: runId, ...(attempt.signal && { signal: attempt.signal }) };
  if (last && !isFinal(last.status)) return end(await runs.resume(last, lone.unit, origin), lone);
  const before = last && (await loadState(runStore, payloads, last.id));
  if (last?.status === 'succeeded' && before && attempt.number <= attemptsIn(before, lone)) {
    return succeeded(before.finished?.output, before, lone);
  }
  const kept: RunEventBody[] = [...attempt.done];
  if (last) {
    for await (const event of readEvents(runStore, payloads, last.id)) {
      if (outlasts(event, last, lone)) kept.push(bodyOf(event));
    }
  }
  const earlier = attempt.number - 1;
  if (earlier > 0) kept.push({ type: 'step.started', stepId: lone.id, attempt: earlier });
  const parent = { runId, stepId: lone.id };
  const { unit } = lone;
  const begun = await runs.begin(
    { ...origin, unit, runId: id, parent, tags: unit.tags, kept },
    attempt.input,
  );
  if (begun) return end(begun, lone);
  throw new AiworkError('AIWORK_RUN_OWNED', `run "${id}" is begun by another process at this moment`, {
    retryable: true,
  });
}

/** The last attempt there was, and the id of the run that the next one would be. */
async function findAttempts(
  { runId, services: { runStore } }: Attempts,
  stepId: string,
): Promise<{ readonly id: string; readonly last: RunRecord | undefined }> {
  let last: RunRecord | undefined;
  for (let failures = 0; ; failures++) {
    const id = childRunId(runId, stepId, { failures });
    const found = await findChild(runStore, { runId: id, parent: { runId, stepId } });
    if (!found) return { id, last };
    last = found;
  }
}

/**
 * What the next attempt begins with. After a failure: effects, and parts that are done, with what they used. After a
 * success, when somebody wants it done again: effects alone.
 */
function outlasts(event: RunEvent, { status }: RunRecord, { id }: LoneStep): boolean {
  if (event.type === 'effect.recorded') return true;
  if (status === 'succeeded' || !('stepId' in event)) return false;
  switch (event.type) {
    case 'step.succeeded':
      return event.stepId.startsWith(`${id}/`) || event.stepId.startsWith(`${id}[`);
    case 'step.expanded':
    case 'model.called':
    case 'tool.called':
    case 'child.used':
      return true;
    default:
      return false;
  }
}

function bodyOf(event: RunEvent): RunEventBody {
  const { seq: _, at: __, runId: ___, refs: ____, tagged: _____, ...body } = event;
  return body;
}

async function end(execution: RunExecution, lone: LoneStep): Promise<StepRunEnd> {
  const { state } = execution;
  const ending: Ending = await execution.ended;
  if (ending.status === 'succeeded') return succeeded(ending.output, state, lone);
  if (ending.status === 'cancelled') return { status: 'cancelled' };
  if (ending.status === 'stopped') throw ending.error;
  const error = state.steps.get(lone.id)?.error ?? toRunError(ending.error);
  return { status: 'failed', error, mayRetry: lone.mayRetry() ?? error.retryable };
}

/** A race whose contenders were skipped is skipped, too. */
function succeeded(value: unknown, { steps }: RunState, { id }: LoneStep): StepRunEnd {
  const status = steps.get(id)?.status;
  return status === 'skipped' ? { status } : { status: 'succeeded', value };
}

const attemptsIn = ({ steps }: RunState, { id }: LoneStep) => steps.get(id)?.attempt ?? 0;

function stateAfter(bodies: readonly RunEventBody[]): RunState {
  const state = emptyRunState();
  for (const body of bodies) applyEvent(state, { ...body, seq: 0, at: 0, runId: '' });
  return state;
}
