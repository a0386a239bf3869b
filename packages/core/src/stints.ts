import type { RunEvent, Stint } from './run-event.ts';

/**
 * Who worked on a run, one process after the other. More than one did when the run was left, or its process killed.
 * Journals from before owners were written give those that are known.
 *
 * @example
 * ```ts
 * import { createOrchestrator, defineTask, stintsOf } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const double = defineTask({ id: 'double', input: z.number(), run: (n) => n * 2 });
 * await using ai = createOrchestrator({ name: 'desk' });
 * const run = await ai.start(double, 21);
 * const [stint] = stintsOf(await Array.fromAsync(run));
 * console.log(stint?.owner.split('/')[0]); // desk
 * ```
 * @since 0.1.0
 */
export function stintsOf(events: Iterable<RunEvent>): readonly Stint[] {
  const stints: Stint[] = [];
  for (const event of events) addToStints(stints, event);
  return stints;
}

/** Goes on with the stints of a run by its next event. */
export function addToStints(stints: Stint[], event: RunEvent): void {
  const { at, type } = event;
  const last = stints.at(-1);
  if (type === 'run.started' || type === 'run.resumed') {
    const { owner } = event;
    if (owner !== undefined && owner !== last?.owner) {
      stints.push({ owner, from: at, to: at });
      return;
    }
  }
  // These are left in the journal by anyone.
  if (type === 'run.cancel-requested' || type === 'signal.received') return;
  if (last) stints[stints.length - 1] = { ...last, to: Math.max(last.to, at) };
}
