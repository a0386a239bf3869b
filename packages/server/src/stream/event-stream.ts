import { once } from 'node:events';
import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { EventReader } from './event-reader.ts';
import { type HttpChunk, httpChunk } from './http-chunk.ts';

/** So many heartbeats long a reader may take nothing. */
const patience = 4;
const nothing = httpChunk(Buffer.from(': \n\n'));

export interface EventStreamOptions {
  /** What is written to; its head is made. */
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
  send: (reader: EventReader) => Promise<void>,
  { response, reader, heartbeatMs = 15_000, onError }: EventStreamOptions,
): Promise<void> {
  // Whoever asked has gone before there was an answer, and is not told of again.
  if (response.destroyed) return reader.abort();
  let stalled = 0;
  let left = Number.POSITIVE_INFINITY;
  const heartbeat = setInterval(() => {
    const { writableLength, writableEnded } = response;
    const isWaiting = isFull(response) || writableEnded;
    stalled = isWaiting && writableLength >= left ? stalled + 1 : 0;
    left = isWaiting ? writableLength : Number.POSITIVE_INFINITY;
    if (stalled === patience) response.destroy();
    else if (!isWaiting) write(response, nothing);
  }, heartbeatMs);
  response.once('close', () => {
    clearInterval(heartbeat);
    reader.abort();
  });
  // What browsers wait for before they say that a stream is open.
  begin(response);
  try {
    await send(readerOf(response, reader.signal));
    if (!response.writableEnded) response.end();
  } catch (error) {
    response.destroy();
    onError(error);
  }
}

function begin(response: ServerResponse): void {
  const connection = plainConnection(response);
  connection?.cork();
  response.flushHeaders();
  write(response, nothing);
  connection?.uncork();
}

function readerOf(response: ServerResponse, signal: AbortSignal): EventReader {
  return {
    signal,
    write(batch) {
      if (response.destroyed) return false;
      if (!batch.isLast) return write(response, batch);
      // Its end goes out with it, in one write.
      const connection = plainConnection(response);
      connection?.cork();
      write(response, batch);
      response.end();
      connection?.uncork();
      return true;
    },
    async taken() {
      if (response.writableEnded || !(response.destroyed || isFull(response))) return;
      const connection = plainConnection(response);
      const full = connection?.writableNeedDrain ? connection : response;
      await once(full, 'drain', { signal }).catch(() => {});
    },
  };
}

function write(response: ServerResponse, { stream, chunk }: HttpChunk): boolean {
  return plainConnection(response)?.write(chunk) ?? response.write(stream);
}

/**
 * What a chunk can be written to as it is: to make chunks of a body, which Node does for each response, takes more of the
 * processor than to write. Nothing where it is not known that this comes to the same, as over HTTP/2.
 */
function plainConnection(response: ServerResponse): Socket | null {
  const isPlain = response.chunkedEncoding && response.write === ServerResponse.prototype.write;
  return isPlain ? response.socket : null;
}

const isFull = (response: ServerResponse): boolean =>
  response.writableNeedDrain || plainConnection(response)?.writableNeedDrain === true;
