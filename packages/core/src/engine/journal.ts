import { isDeepStrictEqual } from 'node:util';
import type { AppendResult, RunRecord } from '../adapters/run-store.ts';
import { AiworkError } from '../errors.ts';
import type { RunEvent, RunEventBody, RunStatus } from '../run-event.ts';
import { systemClock } from './clock.ts';
import { fromStored, toStored } from './event-values.ts';
import { applyEvent, type RunState } from './run-state.ts';
import type { Services } from './scope.ts';

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

/** What the first event of a run says of it. */
export type Beginning = Pick<RunRecord, 'unitId' | 'version' | 'graphHash' | 'tags'> & {
  readonly digests: Readonly<Record<string, string>>;
};

/** The run that a journal is of. */
export interface JournalHost {
  readonly runId: string;
  readonly state: RunState;
  readonly services: Pick<Services, 'clock' | 'runStore' | 'payloads' | 'owner' | 'leaseTtlMs' | 'sync'>;
  /** What the record should say at the time of an append. */
  situation(): { readonly status: RunStatus; readonly wakeAt: number | null };
  /** Sees each event, in order: those of this process, and those others appended. */
  publish(event: RunEvent, foreign: boolean): void;
  /** The journal can no longer be written: the run has to stop here. */
  stop(error: AiworkError): void;
}

/**
 * A run's events on their way to the store: applied to the state at once, appended in batches, numbered again when
 * somebody else appended first.
 */
// A class, since there is one for each run: closures would be a large part of what a quick one takes.
export class Journal {
  readonly #host: JournalHost;
  /** Emitted, and from `#sent` on not yet in the store. */
  #pending: RunEvent[] = [];
  #sent = 0;
  /** Who waits until how many events of this process are in the store, in the order they came. */
  readonly #waiting: Waiter[] = [];
  #emitted = 0;
  #stored = 0;
  #storedSeq: number;
  #draining: Promise<void> | undefined;
  #lost: AiworkError | undefined;
  #scheduled: NodeJS.Immediate | undefined;

  constructor(host: JournalHost) {
    this.#host = host;
    this.#storedSeq = host.state.seq;
  }

  emit(body: RunEventBody): void {
    const { runId, state, services } = this.#host;
    const seq = body.type === 'model.delta' ? state.seq : state.seq + 1;
    this.#add({ seq, at: services.clock.now(), runId, ...body });
  }

  // As `emit`, for the events there are most of: written out, since a spread would cost more than the rest of a step.

  emitBegun(run: Beginning): void {
    const { runId, state, services } = this.#host;
    const seq = state.seq + 1;
    const at = services.clock.now();
    const { owner } = services;
    const { unitId, version, graphHash, tags, digests } = run;
    this.#add({ seq, at, runId, type: 'run.started', unitId, version, graphHash, tags, owner, digests });
  }

  emitStarted(stepId: string, attempt: number): void {
    const { runId, state, services } = this.#host;
    const at = services.clock.now();
    this.#add({ seq: state.seq + 1, at, runId, type: 'step.started', stepId, attempt });
  }

  emitSucceeded(stepId: string, attempt: number, output: unknown): void {
    const { runId, state, services } = this.#host;
    const seq = state.seq + 1;
    const at = services.clock.now();
    if (output === undefined) this.#add({ seq, at, runId, type: 'step.succeeded', stepId, attempt });
    else this.#add({ seq, at, runId, type: 'step.succeeded', stepId, attempt, output });
  }

  /** When everything emitted so far is in the store. Immediate unless the services are `sync`. */
  settled(): Promise<void> | undefined {
    return this.#host.services.sync ? this.flush() : undefined;
  }

  /** As `settled`, whether `sync` or not. Rejects when the journal was lost. */
  flush(): Promise<void> {
    if (this.#lost) return Promise.reject(this.#lost);
    if (this.#stored === this.#emitted) return Promise.resolve();
    this.#start();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ count: this.#emitted, resolve, reject });
    });
  }

  /** Looks for what others appended. */
  async poll(): Promise<void> {
    if (this.#draining !== undefined || !this.#isEmpty || this.#lost) return;
    // Keeps an append from starting on numbers that are about to change.
    this.#draining = this.#lookForOthers();
    await this.#draining;
    this.#draining = undefined;
    if (!this.#isEmpty) this.#start();
  }

  get #isEmpty(): boolean {
    return this.#sent === this.#pending.length;
  }

  #add(event: RunEvent): void {
    const host = this.#host;
    applyEvent(host.state, event);
    this.#pending.push(event);
    this.#emitted += 1;
    if (!host.services.sync) host.publish(event, false);
    if (this.#draining === undefined) this.#startSoon();
  }

  /** A burst of steps, or a quick step's start and end, becomes one append; whoever waits for the store flushes sooner. */
  #startSoon(): void {
    this.#scheduled ??= setImmediate(Journal.#startNow, this);
  }

  static #startNow(journal: Journal): void {
    journal.#start();
  }

  #start(): void {
    // One that is left in the queue would keep a finished run in memory until the event loop turns.
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#isEmpty || this.#draining !== undefined || this.#lost) return;
    this.#draining = this.#drain();
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#isEmpty) {
        const end = Math.min(this.#pending.length, this.#sent + batchSize);
        await this.#append(this.#sent, end);
        this.#stored += end - this.#sent;
        this.#sent = end;
        while (this.#waiting[0] && this.#waiting[0].count <= this.#stored) this.#waiting.shift()?.resolve();
      }
      this.#pending = [];
      this.#sent = 0;
    } catch (thrown) {
      const { runId } = this.#host;
      const message = `the journal of run "${runId}" cannot be written`;
      this.#lose(
        AiworkError.isInstance(thrown)
          ? thrown
          : new AiworkError('AIWORK_STORE_FAILED', message, { cause: thrown }),
      );
    }
    this.#draining = undefined;
    if (this.#waiting.length > 0) this.#start();
    else if (!this.#isEmpty) this.#startSoon();
  }

  #lose(error: AiworkError): void {
    this.#lost = error;
    this.#host.stop(error);
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** Appends what is pending from one index to another. */
  async #append(from: number, to: number): Promise<void> {
    const { runId, services } = this.#host;
    const pending = this.#pending;
    const forms: RunEvent[] = [];
    for (let i = from; i < to; i += 1) {
      const event = pending[i] as RunEvent;
      if (event.type === 'model.delta') continue;
      const form = this.#storedForm(event);
      forms.push(form instanceof Promise ? await form : form);
    }
    // Whether an append may have been done that was not acknowledged.
    let unsure = false;
    let renewed = false;
    for (let delayMs = firstDelayMs; ; ) {
      let result: AppendResult;
      try {
        result = await this.#ask(forms);
      } catch (error) {
        // Asked again, for some seconds, where the store says that this may help.
        const mayHelp = AiworkError.isInstance(error) && error.retryable && error.outcome !== undefined;
        if (!mayHelp || delayMs > lastDelayMs) throw error;
        if (error.outcome === 'unknown') unsure = true;
        await pauseOf(delayMs);
        delayMs *= 2;
        continue;
      }
      delayMs = firstDelayMs;
      if (result.applied) break;
      // Of several appends after one number, the store does one.
      if (unsure && result.reason === 'conflict' && (await this.#isStored(forms[0]))) break;
      if (result.reason === 'absent') throw leaseLost(`run "${runId}" was deleted while it was worked on`);
      if (result.reason === 'lease') {
        // It may just have run out, in a process that was busy or asleep. If nobody took it since, it is ours again.
        const { runStore, owner, leaseTtlMs } = services;
        if (renewed || !(await runStore.lease(runId, owner, leaseTtlMs))) throw this.#takenOver();
        renewed = true;
        continue;
      }
      if ((await this.#absorb()) === 0) {
        throw new AiworkError(
          'AIWORK_STORE_FAILED',
          `the run store refuses event ${this.#storedSeq + 1} of run "${runId}" and shows no other`,
        );
      }
      const journaled = pending.slice(from, to).filter(({ type }) => type !== 'model.delta');
      for (const [i, { seq }] of journaled.entries()) {
        if (forms[i]?.seq !== seq) forms[i] = { ...(forms[i] as RunEvent), seq };
      }
    }
    this.#storedSeq += forms.length;
    if (!services.sync) return;
    for (let i = from; i < to; i += 1) this.#host.publish(pending[i] as RunEvent, false);
  }

  #ask(events: readonly RunEvent[]): Promise<AppendResult> {
    const { runId, services } = this.#host;
    const { status, wakeAt } = this.#host.situation();
    const { runStore, owner } = services;
    return runStore.append(runId, { expectedSeq: this.#storedSeq, events, owner, status, wakeAt });
  }

  /** Whether what follows the last event that is known to be stored is this one. */
  async #isStored(event: RunEvent | undefined): Promise<boolean> {
    if (event === undefined) return false;
    const { runId, services } = this.#host;
    for await (const stored of services.runStore.events(runId, { afterSeq: this.#storedSeq })) {
      return isDeepStrictEqual(stored, JSON.parse(JSON.stringify(event)));
    }
    return false;
  }

  #storedForm(event: RunEvent): RunEvent | Promise<RunEvent> {
    const { runId, services } = this.#host;
    try {
      return toStored(event, services.payloads);
    } catch (cause) {
      // It was looked at when it was given.
      throw new AiworkError(
        'AIWORK_NOT_SERIALIZABLE',
        `${(cause as Error).message}; this was put into it after it was given, where run "${runId}" still needs it: leave outputs as they are`,
        { cause, ...('stepId' in event && { stepId: event.stepId }) },
      );
    }
  }

  async #lookForOthers(): Promise<void> {
    try {
      await this.#absorb();
    } catch (cause) {
      if (AiworkError.isInstance(cause) && cause.code === 'AIWORK_LEASE_LOST') return this.#lose(cause);
      // A store that is busy now will not be at the next look.
      if (AiworkError.isInstance(cause) && cause.retryable) return;
      const message = `the journal of run "${this.#host.runId}" cannot be read`;
      this.#lose(new AiworkError('AIWORK_STORE_FAILED', message, { cause }));
    }
  }

  /** Takes in what others appended, and numbers what waits after it. */
  async #absorb(): Promise<number> {
    const { runId, state, services } = this.#host;
    const { runStore, payloads } = services;
    let shift = 0;
    try {
      for await (const stored of runStore.events(runId, { afterSeq: this.#storedSeq })) {
        if (stored.type !== 'signal.received' && stored.type !== 'run.cancel-requested')
          throw this.#takenOver();
        const event = await fromStored(stored, payloads);
        shift += 1;
        this.#storedSeq = stored.seq;
        applyEvent(state, { ...event, seq: 0 });
        this.#host.publish(event, true);
      }
    } finally {
      state.seq += shift;
      for (const event of this.#pending.slice(this.#sent) as { seq: number }[]) event.seq += shift;
    }
    return shift;
  }

  #takenOver(): AiworkError {
    return leaseLost(`the lease of run "${this.#host.runId}" was taken by another worker: it goes on there`);
  }
}

const pauseOf = (delayMs: number) =>
  new Promise<void>((resolve) => void systemClock.setTimer(delayMs, resolve));

function leaseLost(message: string): AiworkError {
  return new AiworkError('AIWORK_LEASE_LOST', message, { outcome: 'not-applied' });
}
