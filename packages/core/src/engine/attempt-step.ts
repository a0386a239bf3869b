import type { RunRecord } from '../adapters/run-store.ts';
import { AiworkError } from '../errors.ts';
import { toRunError } from '../run-error.ts';
import type { RunEvent, RunEventBody } from '../run-event.ts';
import type { StepRunEnd } from '../step-run.ts';
import { type ActiveRuns, findChild } from './active-runs.ts';
import { childRunId } from './child-run-id.ts';
import type { LoneStep } from './lone-step.ts';
import type { Ending, RunExecution } from './run-execution.ts';
import { isFinal, loadState, readEvents } from './run-records.ts';
import type { RunState } from './run-state.ts';
import type { Services } from './scope.ts';

/** What the attempts of a step are to each other. */
export interface Attempts {
  readonly runId: string;
  readonly services: Services;
  readonly runs: Pick<ActiveRuns, 'begin' | 'resume'>;
}

export interface Attempt {
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
export async function attemptStep(attempts: Attempts, lone: LoneStep, attempt: Attempt): Promise<StepRunEnd> {
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
