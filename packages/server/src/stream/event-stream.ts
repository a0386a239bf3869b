import { Readable } from 'node:stream';
import type { EventBatch } from './event-batch.ts';

/** So many heartbeats long a reader may take nothing. */
const patience = 4;
const nothing = Buffer.from(': \n\n');

/**
 * The body of a response that gives events until they end, or the reader goes. One that takes nothing for a minute is cut
 * off: it can come back for the rest.
 */
export function eventStream(
  source: AsyncGenerator<EventBatch, void>,
  reader: AbortController,
  // Proxies close connections that say nothing for long.
  { heartbeatMs = 15_000 }: { readonly heartbeatMs?: number } = {},
): Readable {
  let isReading = false;
  let isOver = false;
  let stalled = 0;
  let left = 0;
  const stream = new Readable({
    highWaterMark: 64 * 1024,
    read() {
      stalled = 0;
      if (isReading) return;
      isReading = true;
      source.next().then(
        ({ value, done }) => {
          isReading = false;
          isOver = done === true;
          if (stream.destroyed) return;
          stream.push(done ? null : value.stream);
        },
        (error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    destroy(error, done) {
      clearInterval(heartbeat);
      reader.abort();
      source.return(undefined).then(() => done(error), done);
    },
  });
  const heartbeat = setInterval(() => {
    const { readableLength } = stream;
    // Of one that is over, what is left may be taken slowly, and nothing can be said after it.
    const isTaken = isOver ? readableLength < left : readableLength === 0;
    left = readableLength;
    stalled = isTaken ? 0 : stalled + 1;
    if (stalled === patience) stream.destroy(new Error('its reader takes nothing'));
    else if (isTaken && !isOver) stream.push(nothing);
  }, heartbeatMs);
  // What browsers wait for before they say that a stream is open.
  stream.push(nothing);
  return stream;
}
