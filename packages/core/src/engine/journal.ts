import { isDeepStrictEqual } from 'node:util';
import type { PayloadStore } from '../adapters/payload-store.ts';
import type { RunStore } from '../adapters/run-store.ts';
import { AiworkError, hasCode } from '../errors.ts';
import type { RunEvent, RunEventBody, RunStatus } from '../run-event.ts';
import { type Clock, systemClock } from './clock.ts';
import { fromStored, toStored } from './event-values.ts';
import { applyEvent, type RunState } from './run-state.ts';

interface Waiter {
  readonly count: number;
  resolve(): void;
  reject(error: AiworkError): void;
}

/** Events in one append. Bounds the size of a write, whatever a fan-out does. */
const batchSize = 500;

/** Between attempts to append to a busy store; each waits twice as long as the one before. */
const firstDelayMs = 50;
const lastDelayMs = 1600;

export interface JournalOptions {
  readonly runId: string;
  readonly state: RunState;
  readonly store: RunStore;
  readonly payloads: PayloadStore | undefined;
  readonly clock: Clock;
  readonly owner: string;
  readonly leaseTtlMs: number;
  /** Whether `settled` waits for the store: results are durable before what depends on them starts. */
  readonly sync: boolean;
  /** What the record should say at the time of an append. */
  situation(): { readonly status: RunStatus; readonly wakeAt: number | null };
  /** Sees each event, in order: those of this process, and those others appended. */
  publish(event: RunEvent, foreign: boolean): void;
  /** The journal can no longer be written: the run has to stop here. */
  onLost(error: AiworkError): void;
}

/**
 * A run's events on their way to the store: applied to the state at once, appended in batches, numbered again when
 * somebody else appended first.
 */
export interface Journal {
  emit(body: RunEventBody): void;
  /** As `emit`, for the two events there are most of. */
  emitStarted(stepId: string, attempt: number): void;
  emitSucceeded(stepId: string, attempt: number, output: unknown): void;
  /** When everything emitted so far is in the store. Immediate unless the journal is `sync`. */
  settled(): Promise<void> | undefined;
  /** As `settled`, whether `sync` or not. Rejects when the journal was lost. */
  flush(): Promise<void>;
  /** Looks for what others appended. */
  poll(): Promise<void>;
}

export function createJournal(options: JournalOptions): Journal {
  const { runId, state, store, payloads, clock, owner, leaseTtlMs, sync } = options;
  /** Emitted, and from `sent` on not yet in the store. */
  let pending: RunEvent[] = [];
  let sent = 0;
  const isEmpty = () => sent === pending.length;
  /** Who waits until how many events of this process are in the store, in the order they came. */
  const waiting: Waiter[] = [];
  let emitted = 0;
  let stored = 0;
  let storedSeq = state.seq;
  let draining: Promise<void> | undefined;
  let lost: AiworkError | undefined;
  let scheduled: NodeJS.Immediate | undefined;
  const takenOver = `the lease of run "${runId}" was taken by another worker: it goes on there`;

  function emit(body: RunEventBody): void {
    add({ seq: body.type === 'model.delta' ? state.seq : state.seq + 1, at: clock.now(), runId, ...body });
  }

  // Written out, since a spread would cost more than the rest of a step.
  function emitStarted(stepId: string, attempt: number): void {
    add({ seq: state.seq + 1, at: clock.now(), runId, type: 'step.started', stepId, attempt });
  }

  function emitSucceeded(stepId: string, attempt: number, output: unknown): void {
    const seq = state.seq + 1;
    const at = clock.now();
    if (output === undefined) add({ seq, at, runId, type: 'step.succeeded', stepId, attempt });
    else add({ seq, at, runId, type: 'step.succeeded', stepId, attempt, output });
  }

  function add(event: RunEvent): void {
    applyEvent(state, event);
    pending.push(event);
    emitted += 1;
    if (!sync) options.publish(event, false);
    if (draining === undefined) startSoon();
  }

  /** A burst of steps, or a quick step's start and end, becomes one append; whoever waits for the store flushes sooner. */
  function startSoon(): void {
    scheduled ??= setImmediate(start);
  }

  function start(): void {
    // One that is left in the queue would keep a finished run in memory until the event loop turns.
    if (scheduled !== undefined) clearImmediate(scheduled);
    scheduled = undefined;
    if (isEmpty() || draining !== undefined || lost) return;
    draining = drain().finally(() => {
      draining = undefined;
      if (waiting.length > 0) start();
      else if (!isEmpty()) startSoon();
    });
  }

  async function drain(): Promise<void> {
    try {
      while (!isEmpty()) {
        const batch = pending.slice(sent, sent + batchSize);
        await append(batch);
        sent += batch.length;
        stored += batch.length;
        while (waiting[0] && waiting[0].count <= stored) waiting.shift()?.resolve();
      }
      pending = [];
      sent = 0;
    } catch (thrown) {
      lose(
        AiworkError.isInstance(thrown)
          ? thrown
          : new AiworkError('AIWORK_STORE_FAILED', `the journal of run "${runId}" cannot be written`, {
              cause: thrown,
            }),
      );
    }
  }

  function lose(error: AiworkError): void {
    lost = error;
    options.onLost(error);
    for (const { reject } of waiting.splice(0)) reject(error);
  }

  async function append(batch: readonly RunEvent[]): Promise<void> {
    const journaled: RunEvent[] = [];
    const forms: RunEvent[] = [];
    for (const event of batch) {
      if (event.type === 'model.delta') continue;
      journaled.push(event);
      const form = storedForm(event);
      forms.push(form instanceof Promise ? await form : form);
    }
    // Whether an append may have been done that was not acknowledged.
    let unsure = false;
    for (let renewed = false; ; ) {
      const result = await patiently(
        () => store.append(runId, { expectedSeq: storedSeq, events: forms, owner, ...options.situation() }),
        () => {
          unsure = true;
        },
      );
      if (result.applied) break;
      // Of several appends after one number, the store does one.
      if (unsure && result.reason === 'conflict' && (await isStored(forms[0]))) break;
      if (result.reason === 'absent') throw leaseLost(`run "${runId}" was deleted while it was worked on`);
      if (result.reason === 'lease') {
        // It may just have run out, in a process that was busy or asleep. If nobody took it since, it is ours again.
        if (renewed || !(await store.lease(runId, owner, leaseTtlMs))) throw leaseLost(takenOver);
        renewed = true;
        continue;
      }
      if ((await absorb()) === 0) {
        throw new AiworkError(
          'AIWORK_STORE_FAILED',
          `the run store refuses event ${storedSeq + 1} of run "${runId}" and shows no other`,
        );
      }
      for (const [i, { seq }] of journaled.entries()) {
        if (forms[i]?.seq !== seq) forms[i] = { ...(forms[i] as RunEvent), seq };
      }
    }
    storedSeq += forms.length;
    if (sync) for (const event of batch) options.publish(event, false);
  }

  /** Whether what follows the last event that is known to be stored is this one. */
  async function isStored(event: RunEvent | undefined): Promise<boolean> {
    if (event === undefined) return false;
    for await (const stored of store.events(runId, { afterSeq: storedSeq })) {
      return isDeepStrictEqual(stored, JSON.parse(JSON.stringify(event)));
    }
    return false;
  }

  function storedForm(event: RunEvent): RunEvent | Promise<RunEvent> {
    try {
      return toStored(event, payloads);
    } catch (cause) {
      // It was looked at when it was given.
      throw new AiworkError(
        'AIWORK_NOT_SERIALIZABLE',
        `${(cause as Error).message}; this was put into it after it was given, where run "${runId}" still needs it: leave outputs as they are`,
        { cause, ...('stepId' in event && { stepId: event.stepId }) },
      );
    }
  }

  /** Takes in what others appended, and numbers what waits after it. */
  async function absorb(): Promise<number> {
    let shift = 0;
    try {
      for await (const stored of store.events(runId, { afterSeq: storedSeq })) {
        if (stored.type !== 'signal.received' && stored.type !== 'run.cancel-requested')
          throw leaseLost(takenOver);
        const event = await fromStored(stored, payloads);
        shift += 1;
        storedSeq = stored.seq;
        applyEvent(state, { ...event, seq: 0 });
        options.publish(event, true);
      }
    } finally {
      state.seq += shift;
      for (const event of pending.slice(sent) as { seq: number }[]) event.seq += shift;
    }
    return shift;
  }

  function flush(): Promise<void> {
    if (lost) return Promise.reject(lost);
    if (stored === emitted) return Promise.resolve();
    start();
    return new Promise((resolve, reject) => waiting.push({ count: emitted, resolve, reject }));
  }

  return {
    emit,
    emitStarted,
    emitSucceeded,
    settled: () => (sync ? flush() : undefined),
    flush,
    async poll() {
      if (draining !== undefined || !isEmpty() || lost) return;
      // Keeps an append from starting on numbers that are about to change.
      draining = absorb().then(
        () => {},
        (cause) => {
          if (hasCode(cause, 'AIWORK_LEASE_LOST')) return lose(cause);
          // A store that is busy now will not be at the next look.
          if (AiworkError.isInstance(cause) && cause.retryable) return;
          const message = `the journal of run "${runId}" cannot be read`;
          lose(new AiworkError('AIWORK_STORE_FAILED', message, { cause }));
        },
      );
      await draining;
      draining = undefined;
      if (!isEmpty()) start();
    },
  };
}

/**
 * Asks again, for some seconds, where a store says that this may help; `onUnknown` hears when what was asked for may have
 * been done all the same.
 */
async function patiently<T>(ask: () => Promise<T>, onUnknown: () => void): Promise<T> {
  for (let delayMs = firstDelayMs; ; delayMs *= 2) {
    try {
      return await ask();
    } catch (error) {
      const mayHelp = AiworkError.isInstance(error) && error.retryable && error.outcome !== undefined;
      if (!mayHelp || delayMs > lastDelayMs) throw error;
      if (error.outcome === 'unknown') onUnknown();
    }
    await new Promise<void>((resolve) => void systemClock.setTimer(delayMs, resolve));
  }
}

function leaseLost(message: string): AiworkError {
  return new AiworkError('AIWORK_LEASE_LOST', message, { outcome: 'not-applied' });
}
