import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionEvent, ExecutionHandle } from '@aiwork/client';

/** After the last event that is known there may be others of the same moment: they come at once. */
const quietMs = 200;
/** A run that goes on always has something new. */
const newsMs = 1000;
/** What a server is given to show what it has. */
const silentMs = 5000;

/** The events that an execution has now: a server shows all there are at once, and then those to come. */
export async function* eventsUntilNow(
  handle: Pick<ExecutionHandle<unknown>, 'status' | 'events'>,
): AsyncGenerator<ExecutionEvent, void> {
  const { status, updatedAt } = await handle.status();
  if (status === 'succeeded' || status === 'failed' || status === 'cancelled') {
    yield* handle.events();
    return;
  }
  const lastAt = Date.parse(updatedAt);
  const stop = new AbortController();
  const events = handle.events({ signal: stop.signal })[Symbol.asyncIterator]();
  let knownAt = status === 'queued' ? performance.now() : undefined;
  try {
    for (;;) {
      const next = await beforeLong(events.next(), knownAt === undefined ? silentMs : quietMs);
      if (!next || next.done) return;
      yield next.value;
      if (next.value.at >= lastAt) knownAt ??= performance.now();
      if (knownAt !== undefined && performance.now() - knownAt > newsMs) return;
    }
  } finally {
    stop.abort();
  }
}

/** Nothing when it takes too long; what comes of it after that is nobody's any more. */
async function beforeLong<T>(next: Promise<T>, ms: number): Promise<T | undefined> {
  next.catch(() => {});
  const timer = new AbortController();
  const late = delay(ms, undefined, { signal: timer.signal });
  // It rejects when it is not needed.
  late.catch(() => {});
  try {
    return await Promise.race([next, late]);
  } finally {
    timer.abort();
  }
}
