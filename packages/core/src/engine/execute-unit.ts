import { AiworkError } from '../errors.ts';
import { toRunError } from '../run-error.ts';
import { validate } from '../schema.ts';
import type { AnyAgent } from '../units/agent.ts';
import type { AnyUnit } from '../units/runnable.ts';
import type { Task } from '../units/task.ts';
import type { AnyTool } from '../units/tool.ts';
import { childRunId } from './child-run-id.ts';
import { isThenable, perform } from './perform.ts';
import type { Outer, Scope } from './scope.ts';
import type { UnitContext } from './unit-context.ts';

/** Runs a unit inside a scope, as a part of it with its own id, policy and place in the journal. */
export function performUnit(outer: Outer, stepId: string, unit: AnyUnit, input: unknown): Promise<unknown> {
  return perform(outer, {
    stepId,
    policy: unit.kind === 'flow' ? { ...(unit.policy.retry && { retry: unit.policy.retry }) } : unit.policy,
    limitKey: `${unit.kind}:${unit.id}`,
    unit,
    input,
    counts: true,
    body: (ctx, scope) => executeUnit(unit, input, ctx, scope),
  });
}

/** Calls a unit's code with a checked input, and checks its output. */
export function executeUnit(unit: AnyUnit, input: unknown, ctx: UnitContext, scope: Scope): unknown {
  const mocked = scope.run.services.intercept?.(ctx.stepId, ctx, input);
  if (mocked) return mocked.output;
  const { run } = scope;
  const elsewhere = unit.queue !== undefined && run.services.queue !== undefined && !run.isFor(unit);
  if (elsewhere) return runApart(unit, input, ctx, scope, 'elsewhere');
  switch (unit.kind) {
    case 'task':
    case 'tool':
      return callChecked(unit as Task<unknown, unknown> | AnyTool, input, ctx);
    case 'agent':
      return import('../agent/run-agent.ts').then(({ runAgent }) =>
        runAgent(unit as AnyAgent, input as string, ctx),
      );
    case 'flow':
      return runApart(unit, input, ctx, scope, 'here');
  }
}

/** Synchronous as far as the schemas and the code are. */
export function callChecked(
  unit: Task<unknown, unknown> | AnyTool,
  input: unknown,
  ctx: UnitContext,
): unknown {
  const what = `${unit.kind} "${unit.id}"`;
  const parsed = validate(unit.input, input, { code: 'AIWORK_INVALID_INPUT', what: `input of ${what}` });
  const result = isThenable(parsed) ? parsed.then((value) => unit.run(value, ctx)) : unit.run(parsed, ctx);
  const { output } = unit;
  if (!output) return result;
  const failure = { code: 'AIWORK_INVALID_OUTPUT', what: `output of ${what}` } as const;
  return isThenable(result)
    ? result.then((value) => validate(output, value, failure))
    : validate(output, result, failure);
}

/** Runs a unit as a run of its own. */
async function runApart(
  unit: AnyUnit,
  input: unknown,
  ctx: UnitContext,
  scope: Scope,
  where: 'here' | 'elsewhere',
): Promise<unknown> {
  const { run, state, meter, priority, held, signal, span } = scope;
  const runId = childRunId(run.runId, ctx.stepId, state);
  const counted = state.countedChild === state.failures + 1;
  const options = {
    runId,
    parent: { runId: run.runId, stepId: ctx.stepId },
    signal,
    leaving: run.leaving,
    meter,
    counted,
    priority,
    held,
    trace: span?.trace ?? run.trace,
  };
  const { services } = run;
  const child =
    where === 'here'
      ? services.runChild(unit, input, options)
      : services.runElsewhere(unit, input, { ...options, attempt: scope.attempt });
  run.track(child);
  try {
    const end = await child;
    const stints = where === 'elsewhere' && end.stints?.length ? { stints: end.stints } : undefined;
    if (!counted && (stints || Object.values(end.used).some((amount) => amount > 0)))
      run.emit({ type: 'child.used', stepId: ctx.stepId, ...end.used, ...stints });
    if ('error' in end) throw end.error;
    return end.output;
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    if (unit.kind !== 'flow') throw cause;
    const { message } = toRunError(cause);
    throw new AiworkError('AIWORK_STEP_FAILED', `sub-flow "${unit.id}" (run "${runId}") failed: ${message}`, {
      cause,
      retryable: !AiworkError.isInstance(cause) || cause.retryable,
    });
  }
}
