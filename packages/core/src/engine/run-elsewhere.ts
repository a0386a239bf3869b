import type { RunRecord } from '../adapters/run-store.ts';
import type { TaskQueue } from '../adapters/task-queue.ts';
import { hasCode } from '../errors.ts';
import type { AnyUnit } from '../units/runnable.ts';
import { finishedChild } from './finished-child.ts';
import { leaveMessage } from './messages.ts';
import { pause } from './pause.ts';
import type { RunExecution } from './run-execution.ts';
import { reasonText } from './run-failure.ts';
import { isFinal, loadState, requireRecord } from './run-records.ts';
import { usageIn } from './run-state.ts';
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
  /** Works on it here after all. */
  takeUp(record: RunRecord): Promise<RunExecution>;
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
    if ((await untilOverOrAborted(away)) === 'aborted') await cancel(away);
  }
  const state = await loadState(services.runStore, services.payloads, record.id);
  const used = usageIn(state);
  if (!options.counted) options.meter.add(used);
  return finishedChild(unit, state, used);
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
async function cancel({ services, record, options, takeUp }: RunElsewhere): Promise<void> {
  const { runStore } = services;
  const reason = reasonText(options.signal.reason);
  await leaveMessage(services, record.id, { type: 'run.cancel-requested', reason });
  for (;;) {
    options.leaving.throwIfAborted();
    const now = await requireRecord(runStore, record.id);
    if (isFinal(now.status)) return;
    try {
      await (await takeUp(now)).ended;
    } catch (error) {
      if (!hasCode(error, 'AIWORK_RUN_OWNED')) throw error;
      await pause(services.clock, longestLookMs, options.leaving);
    }
  }
}
