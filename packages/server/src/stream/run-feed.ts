import type { Orchestrator } from '@aiwork/core';
import type { EventBatch } from './event-batch.ts';
import { journalPages } from './journal-pages.ts';
import { type LiveTail, liveTail } from './live-tail.ts';

/** The events of runs for any number of readers, each at its own pace. */
export interface RunFeeds {
  /**
   * Those of a run after `afterSeq`, past ones included. Ends with the run, or when the signal aborts.
   *
   * @throws `AIWORK_RUN_NOT_FOUND`; `AIWORK_CLOSED` when the orchestrator is closed before the run ended.
   */
  read(runId: string, afterSeq: number, signal: AbortSignal): AsyncGenerator<EventBatch, void>;
}

/**
 * What has happened is read from the journal, what happens from one iteration of the run, however many read it. So the
 * memory that a run takes depends neither on how long it is nor on who reads slowly.
 */
export function createRunFeeds(orchestrator: Pick<Orchestrator, 'open' | 'events'>): RunFeeds {
  const tails = new Map<string, LiveTail>();
  const readPage = journalPages(orchestrator);

  function tailOf(runId: string, afterSeq: number): LiveTail {
    const known = tails.get(runId);
    if (known) return known;
    const tail = liveTail({
      orchestrator,
      runId,
      afterSeq,
      onIdle: () => {
        if (tails.get(runId) === tail) tails.delete(runId);
      },
    });
    tails.set(runId, tail);
    return tail;
  }

  return {
    async *read(runId, afterSeq, signal) {
      for (let seq = afterSeq; !signal.aborted; ) {
        const { batch, hasMore } = await readPage(runId, seq);
        if (batch) {
          seq = batch.lastSeq;
          yield batch;
          if (batch.isLast) return;
        }
        if (hasMore) continue;
        const last = yield* tailOf(runId, seq).follow(seq, signal);
        if (last === undefined) return;
        // A tail that begins after what has happened: nobody else is to wait for that.
        if (last === seq && !batch) tails.delete(runId);
        seq = last;
      }
    },
  };
}
