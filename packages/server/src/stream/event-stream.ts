import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { EventBatch } from './event-batch.ts';

/** So many heartbeats long a reader may take nothing. */
const patience = 4;
const nothing = Buffer.from(': \n\n');

export interface EventStreamOptions {
  /** What is written to; its head is out. */
  readonly response: ServerResponse;
  readonly reader: AbortController;
  /** Proxies close connections that say nothing for long. In milliseconds. */
  readonly heartbeatMs?: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Writes events until they end, or the reader goes. No more is fetched than the reader has taken: one that takes nothing for
 * a minute is cut off, and can come back for the rest.
 */
export async function streamEvents(
  events: AsyncIterable<EventBatch>,
  { response, reader, heartbeatMs = 15_000, onError }: EventStreamOptions,
): Promise<void> {
  // Whoever asked has gone before there was an answer, and is not told of again.
  if (response.destroyed) return reader.abort();
  let stalled = 0;
  let left = Number.POSITIVE_INFINITY;
  const heartbeat = setInterval(() => {
    const { writableLength, writableNeedDrain, writableEnded } = response;
    const isWaiting = writableNeedDrain || writableEnded;
    stalled = isWaiting && writableLength >= left ? stalled + 1 : 0;
    left = isWaiting ? writableLength : Number.POSITIVE_INFINITY;
    if (stalled === patience) response.destroy();
    else if (!isWaiting) response.write(nothing);
  }, heartbeatMs);
  response.once('close', () => {
    clearInterval(heartbeat);
    reader.abort();
  });
  // What browsers wait for before they say that a stream is open.
  response.write(nothing);
  try {
    for await (const { stream, isLast } of events) {
      if (response.destroyed) return;
      // Its end goes out with it, in one write.
      if (isLast) return void response.end(stream);
      if (!response.write(stream)) await once(response, 'drain', { signal: reader.signal }).catch(() => {});
    }
    response.end();
  } catch (error) {
    response.destroy();
    onError(error);
  }
}
