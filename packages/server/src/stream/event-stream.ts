import { Readable } from 'node:stream';
import { type RunEvent, toReadableJson } from '@aiwork/core';
import { toPublicEvent } from './public-event.ts';
import type { FedEvent } from './run-feed.ts';

/** Proxies close connections that say nothing for long. */
const heartbeatMs = 15_000;

/**
 * An event as Server-Sent Events have it. What is only shown live has no id: a reader that comes back would miss what
 * follows it.
 */
export function toEventText(event: RunEvent): string {
  const id = event.type === 'model.delta' ? '' : `id: ${event.seq}\n`;
  return `${id}event: ${event.type}\ndata: ${toReadableJson(toPublicEvent(event))}\n\n`;
}

/** The body of a response that gives events until they end, or the reader goes. */
export function eventStream(events: AsyncIterable<readonly FedEvent[]>, reader: AbortController): Readable {
  const source = events[Symbol.asyncIterator]();
  let isReading = false;
  const stream = new Readable({
    highWaterMark: 64 * 1024,
    read() {
      if (isReading) return;
      isReading = true;
      source.next().then(
        ({ value, done }) => {
          isReading = false;
          if (stream.destroyed) return;
          if (done) stream.push(null);
          else stream.push(value.map(({ text }) => text).join(''));
        },
        (error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
    destroy(error, done) {
      clearInterval(heartbeat);
      reader.abort();
      done(error);
    },
  });
  const heartbeat = setInterval(() => stream.push(': \n\n'), heartbeatMs);
  // What browsers wait for before they say that a stream is open.
  stream.push(': \n\n');
  return stream;
}
