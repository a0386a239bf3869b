import type { RunRecord } from '../adapters/run-store.ts';
import { AiworkError } from '../errors.ts';
import { toRunError } from '../run-error.ts';
import type { RunEvent, RunEventBody } from '../run-event.ts';
import type { StepRunEnd } from '../step-run.ts';
import { canonicalJson } from '../units/graph-hash.ts';
import { type ActiveRuns, findChild } from './active-runs.ts';
import { childRunId } from './child-run-id.ts';
import type { LoneStep } from './lone-step.ts';
import type { Ending, RunExecution } from './run-execution.ts';
import { cancelled } from './run-failure.ts';
import { fromStoredInput, isFinal, readEvents } from './run-records.ts';
import { applyEvent, emptyRunState, type RunState } from './run-state.ts';
import type { Services } from './scope.ts';
import { tag } from './serialize.ts';

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
 * away is gone on with, unless it was given something else, as happens when the steps before it were done again.
 */
export async function attemptStep(attempts: Attempts, lone: LoneStep, attempt: Attempt): Promise<StepRunEnd> {
  const { runId, services, runs } = attempts;
  for (;;) {
    const { id, last } = await findAttempts(attempts, lone.id);
    const earlier = last && (await readEarlier(services, last, attempt));
    if (last && earlier && !isFinal(last.status)) {
      const goesOn = isBefore(earlier, lone, attempt);
      const signal = goesOn
        ? attempt.signal
        : AbortSignal.abort(cancelled('another attempt takes its place'));
      const ended = await end(await runs.resume(last, lone.unit, originOf(runId, signal)), lone);
      if (goesOn) return ended;
      continue;
    }
    if (earlier && isAnswered(earlier, lone, attempt)) {
      return succeeded(earlier.state.finished?.output, earlier.state, lone);
    }
    const { unit } = lone;
    const begun = await runs.begin(
      {
        ...originOf(runId, attempt.signal),
        unit,
        runId: id,
        parent: { runId, stepId: lone.id },
        tags: unit.tags,
        kept: [...attempt.done, ...leftBy(earlier, lone), ...countOf(attempt, lone)],
      },
      attempt.input,
    );
    if (begun) return end(begun, lone);
    throw new AiworkError('AIWORK_RUN_OWNED', `run "${id}" is begun by another process at this moment`, {
      retryable: true,
    });
  }
}

function originOf(shownId: string, signal: AbortSignal | undefined) {
  return { shownId, ...(signal && { signal }) };
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

/** What the journal of an attempt says. */
interface Earlier {
  readonly state: RunState;
  readonly events: readonly RunEventBody[];
  readonly wasGivenTheSame: boolean;
}

async function readEarlier(
  { runStore, payloads }: Services,
  record: RunRecord,
  { input, done }: Attempt,
): Promise<Earlier> {
  const state = emptyRunState();
  const events: RunEventBody[] = [];
  for await (const event of readEvents(runStore, payloads, record.id)) {
    applyEvent(state, event);
    events.push(bodyOf(event));
  }
  // They follow the start of the run.
  const then = { input: await fromStoredInput(record, payloads), done: events.slice(1, 1 + done.length) };
  return { state, events, wasGivenTheSame: textOf(then) === textOf({ input, done }) };
}

const textOf = (given: object) => canonicalJson(tag(given));

function bodyOf(event: RunEvent): RunEventBody {
  const { seq: _, at: __, runId: ___, refs: ____, tagged: _____, ...body } = event;
  return body;
}

/** Whether to go on with it makes the attempt that is asked for. Often all that is left is to write down how it ended. */
function isBefore({ state, wasGivenTheSame }: Earlier, { id }: LoneStep, { number }: Attempt): boolean {
  const step = state.steps.get(id);
  const isEnding =
    state.ending !== undefined || state.cancelRequested !== undefined || step?.status === 'failed';
  return wasGivenTheSame && !isEnding && step?.attempt === number - 1;
}

/** Whether it was this attempt, and the one who asked did not hear of its success. */
function isAnswered({ state, wasGivenTheSame }: Earlier, { id }: LoneStep, { number }: Attempt): boolean {
  const made = state.steps.get(id)?.attempt ?? 0;
  return state.finished?.status === 'succeeded' && wasGivenTheSame && number <= made;
}

/**
 * What the next attempt begins with. After a failure: effects, and parts that are done, with what they used. After a
 * success, or where something else was given, so that it is to be done again: effects alone.
 */
function leftBy(earlier: Earlier | undefined, { id }: LoneStep): readonly RunEventBody[] {
  if (!earlier) return [];
  const { state, events, wasGivenTheSame } = earlier;
  const keepsParts = wasGivenTheSame && state.finished?.status !== 'succeeded';
  const isPart = (stepId: string) => stepId.startsWith(`${id}/`) || stepId.startsWith(`${id}[`);
  return events.filter((event) => {
    switch (event.type) {
      case 'effect.recorded':
        return true;
      case 'step.succeeded':
        return keepsParts && isPart(event.stepId);
      case 'step.expanded':
      case 'model.called':
      case 'tool.called':
      case 'child.used':
        return keepsParts;
      default:
        return false;
    }
  });
}

/** The attempts before this one: what it counts from. */
function countOf({ number }: Attempt, { id }: LoneStep): readonly RunEventBody[] {
  return number > 1 ? [{ type: 'step.started', stepId: id, attempt: number - 1 }] : [];
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
