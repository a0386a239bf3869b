import { AiworkError } from '@aiwork/core';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { checkCounts } from './check-limits.ts';

/** As much of a client of `ioredis` as is used. @since 0.1.0 */
export interface RedisClient {
  defineCommand(name: string, definition: { readonly lua: string; readonly numberOfKeys: number }): void;
}

/** @since 0.1.0 */
export interface RateLimit {
  /** Requests that a principal, or without `auth` an address, may make in a window. */
  readonly max: number;
  /** Length of a window in milliseconds; it begins with the first request. Default 60,000. */
  readonly windowMs?: number;
  /**
   * A client of `ioredis`, which stays open: servers that share its Redis share the counts. While it fails, nothing is
   * refused, so give it a `commandTimeout`. Default: each server counts for itself.
   */
  readonly redis?: RedisClient;
}

/** How many a server remembers at most, when it counts for itself; those who asked longest ago are forgotten. */
const maxCounted = 100_000;

/** Refuses requests of who makes too many of them. */
export async function limitRate(
  app: FastifyInstance,
  { max, windowMs = 60_000, redis }: RateLimit,
  whoAsks: (request: FastifyRequest) => string,
): Promise<void> {
  checkCounts({ 'rateLimit.max': max, 'rateLimit.windowMs': windowMs });
  await app.register(rateLimit, {
    max,
    timeWindow: windowMs,
    enableDraftSpec: true,
    skipOnError: true,
    cache: maxCounted,
    nameSpace: 'aiwork:rate:',
    ...(redis && { redis }),
    keyGenerator: whoAsks,
    errorResponseBuilder: (_, { ttl }) =>
      new AiworkError(
        'AIWORK_RATE_LIMITED',
        `more than ${max} requests in ${windowMs} ms: wait for the next window`,
        {
          outcome: 'not-applied',
          retryable: true,
          retryAfterMs: ttl,
        },
      ),
  });
}
