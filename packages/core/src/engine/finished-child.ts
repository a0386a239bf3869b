import { fromRunError } from '../run-error.ts';
import type { Stint } from '../run-event.ts';
import { addToStints } from '../stints.ts';
import type { AnyUnit } from '../units/runnable.ts';
import { readEvents } from './run-records.ts';
import { applyEvent, emptyRunState, usageIn } from './run-state.ts';
import type { ChildEnd, ChildOptions, Services } from './scope.ts';

/** How a child run that is over ended, as its journal says. Counts what it used where that is not counted yet. */
export async function finishedChild(
  { runStore, payloads }: Services,
  unit: AnyUnit,
  { runId, counted, meter }: Pick<ChildOptions, 'runId' | 'counted' | 'meter'>,
): Promise<ChildEnd> {
  const state = emptyRunState();
  const stints: Stint[] = [];
  for await (const event of readEvents(runStore, payloads, runId)) {
    applyEvent(state, event);
    addToStints(stints, event);
  }
  const used = usageIn(state);
  if (!counted) meter.add(used);
  const { finished } = state;
  if (finished?.status === 'succeeded') return { used, stints, output: finished.output };
  // What a task's own code threw, as if it had been thrown here, rather than what that made of its run.
  const thrown = unit.kind === 'flow' ? undefined : state.steps.get(unit.id)?.error;
  const error = thrown ?? finished?.error;
  return {
    used,
    stints,
    error: fromRunError(error ?? { name: 'AiworkError', message: 'it left no error', retryable: false }),
  };
}
