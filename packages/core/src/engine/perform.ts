import { toMilliseconds } from '../duration.ts';
import { AiworkError } from '../errors.ts';
import { fromRunError, toRunError } from '../run-error.ts';
import { budgetError, createBudgetMeter } from './budget-meter.ts';
import { enterLimits } from './enter-limits.ts';
import { retryDelayMs, shouldRetry } from './retry.ts';
import { type StepState, stepState, usageIn } from './run-state.ts';
import type { Outer, RunScope, Scope, Work } from './scope.ts';
import { inspectValue } from './serialize.ts';
import { StepContext } from './step-context.ts';
import { attemptEnd } from './tracer.ts';
import { waitUntil } from './wait.ts';

/**
 * Does a piece of work under its policy, attempt after attempt, and journals it. What the journal already knows to have
 * succeeded or failed is not done again. Rejects with the outer signal's reason when that aborts.
 */
export async function perform(outer: Outer, work: Work): Promise<unknown> {
  const { run } = outer;
  const { stepId, policy } = work;
  const state = stepState(run.state, stepId);
  if (state.status === 'succeeded') return state.output;
  if (state.status === 'failed' && state.error) throw fromRunError(state.error);

  const own = linkedController(outer.signal);
  const meter = policy.budget ? createBudgetMeter(policy.budget, outer.meter) : outer.meter;
  if (policy.budget) restore(meter, run, stepId);
  const stopClock = startWallClock(
    run,
    meter === outer.meter ? undefined : meter.wallTimeMs,
    state,
    stepId,
    own.controller,
  );
  try {
    for (;;) {
      if (state.retryAt !== undefined) await waitUntil(run, state.retryAt, own.controller.signal);
      const outcome = await attempt({ ...outer, signal: own.controller.signal, meter }, work, own.controller);
      if ('output' in outcome) return outcome.output;
    }
  } finally {
    stopClock?.();
    own.unlink();
  }
}

function restore(meter: ReturnType<typeof createBudgetMeter>, run: RunScope, stepId: string): void {
  const used = usageIn(run.state, stepId);
  for (const field of Object.keys(used) as (keyof typeof used)[]) meter.used[field] += used[field];
}

/** One attempt, up to its journaled end; gives nothing when another one is to follow. */
async function attempt(
  outer: Outer,
  work: Work,
  around: AbortController,
): Promise<{ output: unknown } | Record<never, never>> {
  const { run } = outer;
  const { stepId, policy } = work;
  const { clock } = run.services;
  const state = stepState(run.state, stepId);
  const leave = await enterLimits(outer, work);
  if (outer.signal.aborted) {
    leave.leave();
    throw outer.signal.reason;
  }
  const number = state.attempt + 1;
  run.emit({ type: 'step.started', stepId, attempt: number });
  const own = linkedController(outer.signal);
  const timeoutMs = policy.timeout === undefined ? undefined : toMilliseconds(policy.timeout);
  const stopTimer =
    timeoutMs === undefined
      ? undefined
      : clock.setTimer(timeoutMs, () => own.controller.abort(timeoutError(stepId, timeoutMs)));
  const { unit } = work;
  const span = run.services.tracer?.attempt(
    { runId: run.runId, stepId, attempt: number, ...(unit && { unit, input: work.input }) },
    outer.span,
  );
  const scope: Scope = {
    run,
    stepId,
    state,
    attempt: number,
    signal: own.controller.signal,
    abort: (reason) => around.abort(reason),
    meter: outer.meter,
    priority: policy.priority ?? outer.priority,
    held: leave.held,
    span,
  };
  let counted = work.counts;
  if (counted) run.working(1);
  const stopCounting = () => {
    if (counted) run.working(-1);
    counted = false;
  };
  try {
    const body = () => work.body(new StepContext(scope), scope);
    const output = await untilSettledOrLeft(scope, span ? () => span.within(body) : body);
    inspectValue(output, `the output of step "${stepId}"`);
    stopCounting();
    run.emit({ type: 'step.succeeded', stepId, attempt: number, ...(output !== undefined && { output }) });
    span?.end({ status: 'succeeded', output });
    leave.leave();
    await run.settled();
    return { output };
  } catch (thrown) {
    stopCounting();
    leave.leave();
    span?.end(attemptEnd(outer, thrown));
    // What the attempt started and did not wait for must not go on beside the next one.
    own.controller.abort(thrown);
    return failed(outer, work, number, thrown);
  } finally {
    stopTimer?.();
    own.unlink();
  }
}

async function failed(
  outer: Outer,
  work: Work,
  number: number,
  thrown: unknown,
): Promise<Record<never, never>> {
  const { run } = outer;
  const { stepId, policy } = work;
  if (outer.signal.aborted) {
    // A budget of its own ends the step; anything else that aborts it comes from around it.
    if (!isBudget(outer.signal.reason)) throw outer.signal.reason;
    thrown = outer.signal.reason;
  }
  const state = stepState(run.state, stepId);
  if (state.status === 'succeeded') throw thrown;
  const error = toRunError(thrown, stepId);
  const failures = state.failures + 1 - (state.pastFailures ?? 0);
  if (!isBudget(thrown) && policy.retry && shouldRetry(policy.retry, thrown, failures)) {
    const delayMs = retryDelayMs(policy.retry, failures, error.retryAfterMs);
    run.emit({ type: 'step.retrying', stepId, attempt: number, error, delayMs });
    return {};
  }
  run.emit({ type: 'step.failed', stepId, attempt: number, error });
  await run.settled();
  throw thrown;
}

const isBudget = (error: unknown) => AiworkError.isInstance(error) && error.code === 'AIWORK_BUDGET_EXCEEDED';

function timeoutError(stepId: string, timeoutMs: number): AiworkError {
  return new AiworkError(
    'AIWORK_STEP_TIMEOUT',
    `step "${stepId}" took longer than its timeout of ${timeoutMs} ms`,
    {
      retryable: true,
      stepId,
    },
  );
}

/**
 * What `body` gives. Once the signal has aborted it has the grace period to stop by itself, and is then left behind.
 * A result that comes in spite of a cancellation is kept, so that it can be undone; one that comes after the step's own
 * timeout is not.
 */
async function untilSettledOrLeft(scope: Scope, body: () => unknown): Promise<unknown> {
  const { run, stepId, signal } = scope;
  const result = body();
  if (!isThenable(result)) return result;
  const { clock, graceMs } = run.services;
  let stopTimer: (() => void) | undefined;
  let onAbort: (() => void) | undefined;
  const left = new Promise<never>((_, reject) => {
    onAbort = () => {
      stopTimer = clock.setTimer(graceMs, () => {
        const reason = `its code did not stop within ${graceMs} ms of being told to`;
        run.emit({ type: 'step.abandoned', stepId, reason });
        reject(signal.reason);
      });
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const output = await Promise.race([result, left]);
    if (signal.aborted && isOwnTimeout(signal.reason, stepId)) throw signal.reason;
    return output;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    stopTimer?.();
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

const isOwnTimeout = (reason: unknown, stepId: string) =>
  AiworkError.isInstance(reason) && reason.code === 'AIWORK_STEP_TIMEOUT' && reason.stepId === stepId;

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}

/** A controller that aborts with `outer`, and can be aborted by itself. */
export function linkedController(outer: AbortSignal): {
  readonly controller: AbortController;
  unlink(): void;
} {
  const controller = new AbortController();
  const follow = () => controller.abort(outer.reason);
  if (outer.aborted) follow();
  else outer.addEventListener('abort', follow, { once: true });
  return { controller, unlink: () => outer.removeEventListener('abort', follow) };
}

function startWallClock(
  run: RunScope,
  wallTimeMs: number | undefined,
  { startedAt }: StepState,
  stepId: string,
  controller: AbortController,
) {
  if (wallTimeMs === undefined) return undefined;
  const { clock } = run.services;
  // What another process spent on it counts.
  const leftMs = startedAt === 0 ? wallTimeMs : Math.max(0, startedAt + wallTimeMs - clock.now());
  return clock.setTimer(leftMs, () => {
    const exceeded = { limit: 'wallTime', used: wallTimeMs, allowed: wallTimeMs };
    run.emit({ type: 'budget.exceeded', stepId, ...exceeded });
    controller.abort(budgetError(exceeded, stepId));
  });
}
