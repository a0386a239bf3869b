import { setImmediate } from 'node:timers/promises';
import type { Orchestrator } from '@aiwork/core';
import type { EventReader } from './event-reader.ts';
import { journalPages } from './journal-pages.ts';
import { type LiveTail, liveTail } from './live-tail.ts';
import type { WritePace } from './write-pace.ts';

/** The events of runs for any number of readers, each at its own pace. */
export interface RunFeeds {
  /**
   * Sends those of a run after `afterSeq`, past ones included, until the run ends or the reader goes.
   *
   * @throws `AIWORK_RUN_NOT_FOUND`; `AIWORK_CLOSED` when the orchestrator is closed before the run ended.
   */
  send(runId: string, afterSeq: number, reader: EventReader): Promise<void>;
}

/**
 * What has happened is read from the journal, what happens from one iteration of the run, however many read it. So the
 * memory that a run takes depends neither on how long it is nor on who reads slowly.
 */
export function createRunFeeds(
  orchestrator: Pick<Orchestrator, 'open' | 'events'>,
  pace: WritePace,
): RunFeeds {
  const tails = new Map<string, LiveTail>();
  const readPage = journalPages(orchestrator);

  function tailOf(runId: string, afterSeq: number): LiveTail {
    const known = tails.get(runId);
    if (known) return known;
    const tail = liveTail({
      orchestrator,
      runId,
      afterSeq,
      pace,
      onIdle: () => {
        if (tails.get(runId) === tail) tails.delete(runId);
      },
    });
    tails.set(runId, tail);
    return tail;
  }

  return {
    async send(runId, afterSeq, reader) {
      for (let seq = afterSeq; !reader.signal.aborted; ) {
        const { batch, hasMore } = await readPage(runId, seq);
        if (reader.signal.aborted) return;
        if (batch) {
          seq = batch.lastSeq;
          reader.write(batch);
          if (batch.isLast) return;
          await reader.taken();
        }
        if (hasMore) {
          // Neither a store in memory nor a quick reader makes it wait, and others are to have their turn.
          await setImmediate();
          continue;
        }
        const last = await tailOf(runId, seq).follow(seq, reader);
        if (last === undefined) return;
        // A tail that begins after what has happened: nobody else is to wait for that.
        if (last === seq && !batch) tails.delete(runId);
        seq = last;
      }
    },
  };
}
