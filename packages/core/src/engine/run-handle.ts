import type { PayloadStore } from '../adapters/payload-store.ts';
import type { RunStore } from '../adapters/run-store.ts';
import { ClosedError } from '../errors.ts';
import type { Run, WatchOptions } from '../run.ts';
import { fromRunError } from '../run-error.ts';
import type { RunEvent } from '../run-event.ts';
import { systemClock } from './clock.ts';
import { pause } from './pause.ts';
import type { RunExecution } from './run-execution.ts';
import { isFinal, readEvents, requireRecord } from './run-records.ts';

const followMs = 250;

/** The handle on a run this process works on. */
export function liveRun<O>(execution: RunExecution, watch: WatchOptions = {}): Run<O> {
  const { runStore } = execution.services;
  return {
    id: execution.runId,
    async result() {
      const ending = await execution.ended;
      if (ending.status === 'succeeded') return ending.output as O;
      throw ending.error;
    },
    async cancel(reason = 'cancelled by the caller') {
      execution.cancel(reason);
      await execution.ended;
    },
    status: async () => (await requireRecord(runStore, execution.runId)).status,
    [Symbol.asyncIterator]: () => liveEvents(execution, watch),
  };
}

/** Past events from the store, then the ones to come, without a gap or a repetition. */
async function* liveEvents(
  execution: RunExecution,
  { afterSeq = 0, signal }: WatchOptions,
): AsyncGenerator<RunEvent, void> {
  const { runStore, payloads } = execution.services;
  const queue: RunEvent[] = [];
  let wake = () => {};
  const subscriber = (event: RunEvent) => {
    queue.push(event);
    wake();
  };
  execution.subscribers.add(subscriber);
  let stopped = signal?.aborted === true;
  const stop = () => {
    stopped = true;
    wake();
  };
  signal?.addEventListener('abort', stop, { once: true });
  void execution.ended.then(stop);
  try {
    await execution.flush();
    let last = afterSeq;
    for await (const event of readEvents(runStore, payloads, execution.runId, afterSeq)) {
      if (signal?.aborted) return;
      last = event.seq;
      yield event;
      if (event.type === 'run.finished') return;
    }
    for (;;) {
      for (let event = queue.shift(); event; event = queue.shift()) {
        if (signal?.aborted) return;
        if (event.type !== 'model.delta' && event.seq <= last) continue;
        yield event;
        if (event.type === 'run.finished') return;
      }
      if (stopped) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (queue.length > 0 || stopped) resolve();
      });
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    execution.subscribers.delete(subscriber);
  }
}

export interface StoredRunOptions {
  readonly store: RunStore;
  readonly payloads: PayloadStore | undefined;
  /** Aborts when the orchestrator closes. */
  readonly closing: AbortSignal;
  cancel(runId: string, reason?: string): Promise<void>;
}

/** The handle on a run that is over, or that somebody else works on. */
export function storedRun<O>(
  runId: string,
  { store, payloads, closing, cancel }: StoredRunOptions,
  watch: WatchOptions = {},
): Run<O> {
  async function* follow({ afterSeq = 0, signal }: WatchOptions = {}): AsyncGenerator<RunEvent, void> {
    let wasOver = false;
    for (let last = afterSeq; ; ) {
      for await (const event of readEvents(store, payloads, runId, last)) {
        if (signal?.aborted) return;
        last = event.seq;
        yield event;
        if (event.type === 'run.finished') return;
      }
      // What was over before its events were read has no more of them.
      if (wasOver) return;
      // Ends it when the run was deleted, whose events end without a word.
      wasOver = isFinal((await requireRecord(store, runId)).status);
      if (wasOver) continue;
      await pause(systemClock, followMs, closing, ...(signal ? [signal] : []));
      if (signal?.aborted) return;
      if (closing.aborted) throw new ClosedError('the orchestrator');
    }
  }
  return {
    id: runId,
    async result() {
      for await (const event of follow()) {
        if (event.type !== 'run.finished') continue;
        if (event.status === 'succeeded') return event.output as O;
        throw fromRunError(event.error as NonNullable<typeof event.error>);
      }
      throw new ClosedError('the orchestrator');
    },
    cancel: (reason) => cancel(runId, reason),
    status: async () => (await requireRecord(store, runId)).status,
    [Symbol.asyncIterator]: () => follow(watch),
  };
}
