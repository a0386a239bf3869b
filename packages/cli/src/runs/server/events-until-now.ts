import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionEvent, ExecutionHandle } from '@aiwork/client';

/** After the last event that is known there may be others of the same moment. */
const quietMs = 200;
/** What a server is given to show what it has. */
const silentMs = 5000;

/** The events that an execution has now: a server shows all there are at once, and then those to come. */
export async function* eventsUntilNow(
  handle: ExecutionHandle<unknown>,
): AsyncGenerator<ExecutionEvent, void> {
  const { status, updatedAt } = await handle.status();
  const lastAt = Date.parse(updatedAt);
  const stop = new AbortController();
  const events = handle.events({ signal: stop.signal })[Symbol.asyncIterator]();
  const isOver = status === 'succeeded' || status === 'failed' || status === 'cancelled';
  try {
    for (let hasAll = status === 'queued'; ; ) {
      const next = events.next();
      const patience = hasAll ? quietMs : silentMs;
      const result = await (isOver ? next : beforeLong(next, patience));
      if (!result || result.done) return;
      hasAll ||= result.value.at >= lastAt;
      yield result.value;
    }
  } finally {
    stop.abort();
  }
}

/** Nothing when it takes too long; what comes of it after that is nobody's any more. */
async function beforeLong<T>(next: Promise<T>, ms: number): Promise<T | undefined> {
  next.catch(() => {});
  const timer = new AbortController();
  try {
    return await Promise.race([next, delay(ms, undefined, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
