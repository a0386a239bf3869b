import type { Orchestrator, RunEvent } from '@aiwork/core';
import { isFinal } from '../execution.ts';
import { type EventText, eventBatch, toEventText } from './event-batch.ts';
import type { EventReader } from './event-reader.ts';
import { eventWindow, type Place } from './event-window.ts';
import { processorMs, type WritePace } from './write-pace.ts';

const batchBytes = 64 * 1024;
/** Others have their turn after so many were written to. */
const readersPerTurn = 250;

/** The events of a run from one on, read once for any number of readers. */
export interface LiveTail {
  /**
   * Sends events after a known one as they happen, for as long as the run and the reader let it. Gives nothing then; the
   * last known event when what follows it has to be looked up in the journal.
   *
   * @throws what the run could not be read for.
   */
  follow(afterSeq: number, reader: EventReader): Promise<number | undefined>;
}

export interface LiveTailOptions {
  readonly orchestrator: Pick<Orchestrator, 'open'>;
  readonly runId: string;
  readonly afterSeq: number;
  readonly pace: WritePace;
  /** Told when nobody follows it any more, or it has ended. */
  readonly onIdle: () => void;
}

/** Starts to read with its first reader and stops with its last. */
export function liveTail({ orchestrator, runId, afterSeq, pace, onIdle }: LiveTailOptions): LiveTail {
  const window = eventWindow(afterSeq);
  /** Those who have all there is, and how to tell them that they have enough, or that nothing follows. */
  const listening = new Map<Place, () => void>();
  /** Those of them that may not have all there is. */
  const due = new Set<Place>();
  const stop = new AbortController();
  let readers = 0;
  let gathered: EventText[] = [];
  let gatheredBytes = 0;
  let gathering: (() => void) | undefined;
  let lastSentAt = 0;
  let ending: { readonly error?: unknown } | undefined;

  function add(event: RunEvent): void {
    const text = toEventText(event);
    gathered.push(text);
    gatheredBytes += text.json.length;
    if (gatheredBytes >= batchBytes) send();
    else gathering ??= soon(send, pace.gatherMs(readers) - (performance.now() - lastSentAt));
  }

  function send(): void {
    gathering?.();
    gathering = undefined;
    if (gathered.length > 0) window.push(eventBatch(gathered));
    gathered = [];
    gatheredBytes = 0;
    const isUnderWay = due.size > 0;
    for (const place of listening.keys()) due.add(place);
    if (!isUnderWay) sendToSome();
  }

  function sendToSome(): void {
    const before = processorMs();
    let count = 0;
    for (const place of due) {
      if (count === readersPerTurn) break;
      count += 1;
      due.delete(place);
      if (!place.sendOn() || ending) listening.get(place)?.();
    }
    lastSentAt = performance.now();
    if (count > 0) pace.wrote(count, processorMs() - before);
    if (due.size > 0) setImmediate(sendToSome);
  }

  async function pull(): Promise<void> {
    try {
      let seq = afterSeq;
      // One that ended here, and has not finished, went to another process.
      while (!stop.signal.aborted) {
        const run = await orchestrator.open(runId, { afterSeq: seq, signal: stop.signal });
        const wasOver = isFinal(await run.status());
        for await (const event of run) {
          seq = event.seq;
          add(event);
          if (event.type === 'run.finished') return;
        }
        // Its last event is not after the one that is known.
        if (wasOver) return;
      }
    } catch (error) {
      ending = { error };
    } finally {
      ending ??= {};
      onIdle();
      send();
    }
  }

  /** Resolves when it has enough, has gone, or nothing follows. */
  function listen(place: Place, { signal }: EventReader): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        signal.removeEventListener('abort', end);
        listening.delete(place);
        due.delete(place);
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
      listening.set(place, end);
    });
  }

  return {
    async follow(known, reader) {
      if (!window.follows(known)) return known;
      readers += 1;
      if (readers === 1) void pull();
      const place = window.placeOf(reader, known);
      try {
        for (;;) {
          await reader.taken();
          if (reader.signal.aborted) return undefined;
          if (place.isLost) return place.known;
          if (!place.sendOn()) continue;
          if (ending?.error !== undefined) throw ending.error;
          if (ending) return undefined;
          await listen(place, reader);
        }
      } finally {
        readers -= 1;
        if (readers === 0) {
          stop.abort();
          onIdle();
        }
      }
    },
  };
}

/** Calls it in a while, or once what is under way is done; gives what prevents it. */
function soon(call: () => void, inMs: number): () => void {
  if (inMs < 1) {
    const immediate = setImmediate(call);
    return () => clearImmediate(immediate);
  }
  const timer = setTimeout(call, inMs);
  return () => clearTimeout(timer);
}
