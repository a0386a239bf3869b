import type { Socket } from 'node:net';
import type { WebSocket } from '@fastify/websocket';
import type { EventBatch } from './event-batch.ts';

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
  events: AsyncIterable<EventBatch>,
  { socket, connection, reader, draining, pingMs = 15_000, stallMs = 30_000, onError }: EventSocketOptions,
): Promise<void> {
  const close = (why: keyof typeof closing) => {
    const [code, reason] = closing[why];
    socket.close(code, reason);
  };
  const drain = () => close('draining');
  let isThere = true;
  let isSending = false;
  const ping = setInterval(() => {
    // It would stand behind what is sent, whose time is watched anyway.
    if (isSending) return;
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
  try {
    for await (const { messages } of events) {
      if (socket.readyState !== socket.OPEN) return;
      isSending = true;
      if (!(await isTaken(send(socket, connection, messages), stallMs))) return close('slow');
      isSending = false;
    }
    close('over');
  } catch (error) {
    if (socket.readyState !== socket.OPEN) return;
    close('failed');
    onError(error);
  }
}

/** Sends messages with one write; resolves when the reader has taken them, or has gone. */
function send(socket: WebSocket, connection: Socket, messages: readonly Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    connection.cork();
    messages.forEach((message, i) => {
      socket.send(message, { binary: false }, i === messages.length - 1 ? () => resolve() : undefined);
    });
    connection.uncork();
  });
}

async function isTaken(sent: Promise<void>, stallMs: number): Promise<boolean> {
  const stalled = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => stalled.resolve(false), stallMs);
  try {
    return await Promise.race([sent.then(() => true), stalled.promise]);
  } finally {
    clearTimeout(timer);
  }
}
