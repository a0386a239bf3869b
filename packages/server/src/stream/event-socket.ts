import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { WebSocket } from '@fastify/websocket';
import type { EventReader } from './event-reader.ts';

/** Why a socket is closed, as RFC 6455 and the registry of IANA have it. */
const closing = {
  over: [1000, 'the execution is over'],
  draining: [1001, 'the server stops: come back with ?after=SEQ'],
  talked: [1008, 'nothing is to be sent here'],
  failed: [1011, 'the server failed: come back with ?after=SEQ'],
  slow: [1013, 'too slow: come back with ?after=SEQ'],
} as const;

export interface EventSocketOptions {
  readonly socket: WebSocket;
  /** What it goes over. */
  readonly connection: Socket;
  readonly reader: AbortController;
  readonly draining: AbortSignal;
  /** How often the client is asked whether it is there, in milliseconds. */
  readonly pingMs?: number;
  /** How long the client may take for what it is sent at once, in milliseconds. */
  readonly stallMs?: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Sends events, one a message, until they end, or the reader goes. No more is fetched than the reader has taken: one that
 * takes nothing is let go.
 */
export async function sendEvents(
  send: (reader: EventReader) => Promise<void>,
  { socket, connection, reader, draining, pingMs = 15_000, stallMs = 30_000, onError }: EventSocketOptions,
): Promise<void> {
  const isOpen = () => socket.readyState === socket.OPEN;
  const close = (why: keyof typeof closing) => {
    const [code, reason] = closing[why];
    socket.close(code, reason);
  };
  const drain = () => close('draining');
  let isThere = true;
  const ping = setInterval(() => {
    // It would stand behind what is sent, whose time is watched anyway.
    if (connection.writableNeedDrain) return;
    if (!isThere) return socket.terminate();
    isThere = false;
    socket.ping();
  }, pingMs);
  socket.on('pong', () => {
    isThere = true;
  });
  socket.on('message', () => close('talked'));
  socket.on('close', () => {
    clearInterval(ping);
    draining.removeEventListener('abort', drain);
    reader.abort();
  });
  draining.addEventListener('abort', drain, { once: true });
  if (draining.aborted) drain();

  async function taken(): Promise<void> {
    if (isOpen() && !connection.writableNeedDrain) return;
    const stalled = setTimeout(() => {
      close('slow');
      reader.abort();
    }, stallMs);
    await once(connection, 'drain', { signal: reader.signal }).catch(() => {});
    clearTimeout(stalled);
  }

  try {
    // The same bytes for all: a frame of a server is masked for nobody.
    await send({
      signal: reader.signal,
      write: ({ frames }) => isOpen() && connection.write(frames),
      taken,
    });
    if (isOpen()) close('over');
  } catch (error) {
    if (!isOpen()) return;
    close('failed');
    onError(error);
  }
}
