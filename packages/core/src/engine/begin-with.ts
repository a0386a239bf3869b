import type { RunRecord } from '../adapters/run-store.ts';
import { AiworkError } from '../errors.ts';
import type { RunEvent, RunEventBody } from '../run-event.ts';
import type { Compiled } from './compile.ts';
import { toStored } from './event-values.ts';
import { keptEvents } from './rerun.ts';
import { loadState } from './run-records.ts';
import { applyEvent, type RunState } from './run-state.ts';
import type { Services } from './scope.ts';

/** A run that is there, of which nothing is written but messages of others. */
export interface Unbegun {
  readonly record: RunRecord;
  readonly compiled: Compiled;
  readonly state: RunState;
}

/**
 * Writes the start of a run, and the results it begins with, in one append; gives the state that follows.
 *
 * @throws `AIWORK_LEASE_LOST`, `AIWORK_STORE_FAILED`.
 */
export async function beginWith(
  { record, compiled, state: known }: Unbegun,
  kept: readonly RunEventBody[],
  { runStore, payloads, owner, clock }: Services,
): Promise<RunState> {
  const { id: runId, unitId, version, graphHash, tags, trace } = record;
  const digests = compiled.digests();
  const bodies: readonly RunEventBody[] = [
    { type: 'run.started', unitId, version, graphHash, tags, owner, digests, ...(trace && { trace }) },
    ...kept,
  ];
  for (let state = known; ; ) {
    const { seq } = state;
    const events = bodies.map(
      (body, i): RunEvent => ({ ...body, seq: seq + i + 1, at: clock.now(), runId }) as RunEvent,
    );
    const stored = await Promise.all(events.map((event) => toStored(event, payloads)));
    const result = await runStore.append(runId, { expectedSeq: seq, events: stored, owner });
    if (result.applied) {
      for (const event of events) applyEvent(state, event);
      return state;
    }
    if (result.reason !== 'conflict') {
      const message = `the lease of run "${runId}" was taken before it began: it goes on elsewhere`;
      throw new AiworkError('AIWORK_LEASE_LOST', message, { outcome: 'not-applied' });
    }
    // Somebody left a message in the meantime, or this process has begun it twice.
    state = await loadState(runStore, payloads, runId);
    if (state.digests !== undefined) return state;
    if (state.seq === seq) {
      const message = `the run store refuses event ${seq + 1} of run "${runId}" and shows no other`;
      throw new AiworkError('AIWORK_STORE_FAILED', message);
    }
  }
}

/**
 * The state of a rerun that is taken up, and whose process ended before it had taken over the results it was to begin
 * with: it takes them over now. Without them it would do again what it was told to keep.
 *
 * @throws `AIWORK_RUN_NOT_FOUND` when the run that has them is gone; as {@link beginWith}.
 */
export async function takenOver(run: Unbegun, services: Services): Promise<RunState> {
  const { record, compiled, state } = run;
  const { id, rerunOf, rerunFrom } = record;
  if (rerunOf === undefined || rerunFrom === undefined) return state;
  const { runStore, payloads } = services;
  if (!(await runStore.getRun(rerunOf))) {
    throw new AiworkError(
      'AIWORK_RUN_NOT_FOUND',
      `run "${id}" was to begin with results of run "${rerunOf}", which is gone: cancel it, and start the flow anew`,
    );
  }
  return beginWith(
    run,
    keptEvents(compiled, await loadState(runStore, payloads, rerunOf), rerunFrom),
    services,
  );
}
