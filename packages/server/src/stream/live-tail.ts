import type { Orchestrator, RunEvent } from '@aiwork/core';
import { isFinal } from '../execution.ts';
import { type EventBatch, type EventText, eventBatch, toEventText } from './event-batch.ts';

/** What is kept for readers that are behind the others; who is farther behind reads the journal. */
const windowBytes = 1024 * 1024;
const batchBytes = 64 * 1024;
/** All readers of a run together are written to no more often than this: with many, more goes out at once. */
const writesPerMs = 4;
const longestGatherMs = 250;

/** The events of a run from one on, read once for any number of readers. */
export interface LiveTail {
  /**
   * Events after a known one as they happen, for as long as the run and the signal let it. Returns nothing then; the last
   * known event when what follows it has to be looked up in the journal.
   *
   * @throws what the run could not be read for.
   */
  follow(afterSeq: number, signal: AbortSignal): AsyncGenerator<EventBatch, number | undefined>;
}

export interface LiveTailOptions {
  readonly orchestrator: Pick<Orchestrator, 'open'>;
  readonly runId: string;
  readonly afterSeq: number;
  /** Told when nobody follows it any more, or it has ended. */
  readonly onIdle: () => void;
}

/** Starts to read with its first reader and stops with its last. */
export function liveTail({ orchestrator, runId, afterSeq, onIdle }: LiveTailOptions): LiveTail {
  const window: EventBatch[] = [];
  const waiting = new Set<() => void>();
  const stop = new AbortController();
  let keptBytes = 0;
  let dropped = 0;
  /** The last event before those in the window. */
  let before = afterSeq;
  let gathered: EventText[] = [];
  let gatheredBytes = 0;
  let gathering: (() => void) | undefined;
  let lastSentAt = 0;
  let readers = 0;
  let ending: { readonly error?: unknown } | undefined;

  function add(event: RunEvent): void {
    const text = toEventText(event);
    gathered.push(text);
    gatheredBytes += text.json.length;
    if (gatheredBytes >= batchBytes) send();
    else
      gathering ??= soon(
        send,
        Math.min(readers / writesPerMs, longestGatherMs) - (performance.now() - lastSentAt),
      );
  }

  function send(): void {
    gathering?.();
    gathering = undefined;
    if (gathered.length > 0) {
      const batch = eventBatch(gathered);
      gathered = [];
      gatheredBytes = 0;
      lastSentAt = performance.now();
      window.push(batch);
      keptBytes += batch.stream.length;
      for (
        let oldest = window[0];
        oldest && keptBytes > windowBytes && window.length > 1;
        oldest = window[0]
      ) {
        window.shift();
        keptBytes -= oldest.stream.length;
        before = oldest.lastSeq;
        dropped += 1;
      }
    }
    for (const wake of waiting) wake();
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

  return {
    async *follow(known, signal) {
      if (known < before) return known;
      let wake = () => {};
      const abort = () => wake();
      signal.addEventListener('abort', abort, { once: true });
      readers += 1;
      if (readers === 1) void pull();
      try {
        let seq = known;
        for (let at = dropped; !signal.aborted; ) {
          if (at < dropped) return seq;
          const next = window[at - dropped];
          if (next) {
            at += 1;
            const unseen = next.after(seq);
            seq = next.lastSeq;
            if (unseen) yield unseen;
            continue;
          }
          if (ending?.error !== undefined) throw ending.error;
          if (ending) return undefined;
          await new Promise<void>((resolve) => {
            wake = resolve;
            waiting.add(resolve);
          });
          waiting.delete(wake);
        }
        return undefined;
      } finally {
        signal.removeEventListener('abort', abort);
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
