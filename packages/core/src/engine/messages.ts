import { AiworkError } from '../errors.ts';
import type { RunEvent, RunEventBody } from '../run-event.ts';
import { toStored } from './event-values.ts';
import type { Services } from './scope.ts';

const maxTries = 100;

/** Puts an event into the journal of a run that others work on, or nobody; whoever does will find it there. */
export async function leaveMessage(
  { runStore, payloads, clock }: Services,
  runId: string,
  body: Extract<RunEventBody, { type: 'signal.received' | 'run.cancel-requested' }>,
): Promise<void> {
  let last = 0;
  for (let tries = 0; tries < maxTries; tries++) {
    for await (const event of runStore.events(runId, { afterSeq: last })) last = event.seq;
    const event = await toStored({ ...body, seq: last + 1, at: clock.now(), runId } as RunEvent, payloads);
    // Due now, in case nobody works on it.
    const result = await runStore.append(runId, { expectedSeq: last, events: [event], wakeAt: clock.now() });
    if (result.applied) return;
    if (result.reason === 'absent') break;
  }
  throw new AiworkError(
    'AIWORK_STORE_BUSY',
    `run "${runId}" changes too fast to leave it a message, or was just deleted: try again`,
    {
      retryable: true,
      outcome: 'not-applied',
    },
  );
}
