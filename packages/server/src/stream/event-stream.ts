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
  let stalled = 0;
  const stream = new Readable({
    highWaterMark: 64 * 1024,
    read() {
      stalled = 0;
      if (isReading) return;
      isReading = true;
      source.next().then(
        ({ value, done }) => {
          isReading = false;
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
    stalled = stream.readableLength === 0 ? 0 : stalled + 1;
    if (stalled === patience) stream.destroy(new Error('its reader takes nothing'));
    else if (stalled === 0) stream.push(nothing);
  }, heartbeatMs);
  // What browsers wait for before they say that a stream is open.
  stream.push(nothing);
  return stream;
}
