import { fromRunError } from '../run-error.ts';
import type { AnyUnit } from '../units/runnable.ts';
import type { Usage } from './budget-meter.ts';
import type { RunState } from './run-state.ts';
import type { ChildEnd } from './scope.ts';

/** How a run that is over ended, as its journal says. */
export function finishedChild(unit: AnyUnit, state: RunState, used: Usage): ChildEnd {
  const { finished } = state;
  if (finished?.status === 'succeeded') return { used, output: finished.output };
  // What a task's own code threw, as if it had been thrown here, rather than what that made of its run.
  const thrown = unit.kind === 'flow' ? undefined : state.steps.get(unit.id)?.error;
  const error = thrown ?? finished?.error;
  return {
    used,
    error: fromRunError(error ?? { name: 'AiworkError', message: 'it left no error', retryable: false }),
  };
}
