import type { EventEmitter } from 'node:events';
import { AiworkError } from '@aiwork/core';
import type { FastifyReply, FastifyRequest } from 'fastify';

interface Connection extends EventEmitter {
  readonly destroyed: boolean;
}

/** Nobody knows when a stream ends; who comes back sooner asks for nothing. */
const retryAfterMs = 5000;

/**
 * Takes the place of a stream, which is free again when its connection closes.
 *
 * @throws `AIWORK_RATE_LIMITED` when whoever asks has none left.
 */
export type TakeStreamPlace = (request: FastifyRequest, reply: FastifyReply) => void;

/** So many streams for each of those who ask. */
export function createStreamPlaces(
  max: number,
  whoAsks: (request: FastifyRequest) => string,
): TakeStreamPlace {
  const open = new Map<string, number>();

  return (request, reply) => {
    const who = whoAsks(request);
    const count = open.get(who) ?? 0;
    if (count >= max) throw tooMany(max);
    const connection = connectionOf(request, reply);
    if (connection === undefined || connection.destroyed) return;
    open.set(who, count + 1);
    connection.once('close', () => {
      const left = (open.get(who) ?? 0) - 1;
      if (left > 0) open.set(who, left);
      else open.delete(who);
    });
  };
}

/** What closes when a stream is over: of a WebSocket, the answer does not, and one that is injected has nothing else. */
function connectionOf({ ws, raw }: FastifyRequest, reply: FastifyReply): Connection | undefined {
  return ws ? raw.socket : reply.raw;
}

const tooMany = (max: number) =>
  new AiworkError(
    'AIWORK_RATE_LIMITED',
    `${max} of your streams of events are open, which is as many as may be: close one, or wait until one ends`,
    { outcome: 'not-applied', retryable: true, retryAfterMs },
  );
