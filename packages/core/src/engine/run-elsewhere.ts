import type { RunRecord } from '../adapters/run-store.ts';
import type { TaskQueue } from '../adapters/task-queue.ts';
import type { AnyUnit } from '../units/runnable.ts';
import { finishedChild } from './finished-child.ts';
import { leaveMessage } from './messages.ts';
import { pause } from './pause.ts';
import { reasonText } from './run-failure.ts';
import { isFinal, requireRecord } from './run-records.ts';
import type { ChildEnd, ChildOptions, Services } from './scope.ts';

const shortestLookMs = 10;
const longestLookMs = 500;

/** A run that somebody else is to work on; its record is in the store. */
export interface RunElsewhere {
  readonly services: Services;
  readonly unit: AnyUnit;
  readonly queue: TaskQueue;
  /** Name of its queue. */
  readonly to: string;
  readonly record: RunRecord;
  readonly options: ChildOptions & { readonly attempt: number };
}

/**
 * Hands a run to the workers of its unit's queue, and waits for its end. Handing it over twice, after a crash in between,
 * is harmless: who holds its lease works on it, and once it is over nobody does.
 */
export async function runElsewhere(away: RunElsewhere): Promise<ChildEnd> {
  const { services, unit, record, options } = away;
  if (!isFinal(record.status)) {
    await enqueue(away).catch(async (error: unknown) => {
      options.leaving.throwIfAborted();
      // Nobody waits for it any more. Should its job be in the queue all the same, its worker finds that out.
      await leaveMessage(services, record.id, {
        type: 'run.cancel-requested',
        reason: `it could not be handed to queue "${away.to}"`,
      });
      throw error;
    });
    if ((await untilOverOrAborted(away)) === 'aborted') return cancel(away);
  }
  return finishedChild(services, unit, options);
}

function enqueue({ queue, to, record, options }: RunElsewhere): Promise<void> {
  const { parent, attempt, priority, signal } = options;
  const { id } = record;
  const job = { id, queue: to, runId: id, stepId: parent.stepId, attempt, priority };
  return queue.enqueue([job], { signal });
}

/** Looks often at first, for work that is done at once. Rejects when the run is to be left to others. */
async function untilOverOrAborted(away: RunElsewhere): Promise<'over' | 'aborted'> {
  const { services, record, options } = away;
  const { signal, leaving } = options;
  for (let lookMs = shortestLookMs; ; lookMs = Math.min(longestLookMs, lookMs * 1.5)) {
    await pause(services.clock, lookMs, signal, leaving);
    leaving.throwIfAborted();
    if (isFinal((await requireRecord(services.runStore, record.id)).status)) return 'over';
    if (signal.aborted) return 'aborted';
  }
}

/** Has whoever works on it stop; where nobody does, ends it here. */
async function cancel({ services, unit, record, options }: RunElsewhere): Promise<ChildEnd> {
  const { signal, leaving } = options;
  const reason = reasonText(signal.reason);
  await leaveMessage(services, record.id, { type: 'run.cancel-requested', reason });
  // It finds the message in its journal; what would abort it has aborted already.
  return services.runChild(unit, undefined, { ...options, signal: leaving });
}
