import type { Run } from '@aiwork/core';
import { trackWaits } from './progress/open-waits.ts';
import type { ProgressView } from './progress/view.ts';
import { type Place, signalCommand } from './runs/place.ts';

/** How often a run that waits for a signal is asked whether nothing else moves. */
const pollMs = 100;

export interface WatchOptions extends Place {
  /** `false`: stop watching once only a signal can move the run. */
  readonly wait?: boolean;
  /** The last event that happened before this process took the run up: what is older is no news. */
  readonly afterSeq?: number;
}

/** Hands a run's events to the view until it is over (`false`) or left waiting for a signal (`true`). */
export async function watchRun(
  run: Run<unknown>,
  view: ProgressView,
  { wait = true, afterSeq = 0, ...place }: WatchOptions,
): Promise<boolean> {
  const waits = trackWaits();
  const tellHowToAnswer = (stepId: string) => view.note(howToAnswer(run.id, stepId, place));
  const events = run[Symbol.asyncIterator]();
  let next = events.next();
  for (;;) {
    const poll = wait || waits.ids.length === 0 ? undefined : timeout(pollMs);
    const result = await (poll === undefined ? next : Promise.race([next, poll]));
    if (result === undefined) {
      if ((await run.status()) !== 'waiting') continue;
      // It ends when the orchestrator is closed; whatever it ends with is nobody's any more.
      next.catch(() => {});
      return true;
    }
    if (result.done) return false;
    const event = result.value;
    next = events.next();
    waits.apply(event);
    view.event(event);
    if (event.seq <= afterSeq) continue;
    if (event.type === 'step.waiting') tellHowToAnswer(event.stepId);
    if (event.type === 'run.resumed') for (const stepId of waits.unanswered) tellHowToAnswer(stepId);
    if (event.type === 'log' && waits.unanswered.includes(event.stepId)) tellHowToAnswer(event.stepId);
  }
}

function timeout(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}

function howToAnswer(runId: string, stepId: string, place: Place): string {
  if (place.state === undefined && place.server === undefined) {
    return `Step "${stepId}" waits for a signal. This run is kept in memory, where aiwork runs signal cannot reach it: start it with --state FILE`;
  }
  return `Step "${stepId}" waits for a signal: ${signalCommand(runId, stepId, place)}`;
}
