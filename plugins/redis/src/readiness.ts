import { type AiworkError, ClosedError } from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';
import type { Client } from './client.ts';
import { isLockedOut, unreachable } from './redis-errors.ts';

interface Waiter {
  readonly let: () => void;
  readonly refuse: (error: AiworkError) => void;
}

/** Whether the server can be asked, and waiting until it can. */
export interface Readiness {
  isReady(): boolean;
  /** Waits for a connection, at most until `deadline` by `performance.now()`. Nothing was sent when it rejects. */
  wait(deadline: number, signal: AbortSignal | undefined): Promise<void>;
  /** Waits for the first connection, and not for what waiting does not cure. */
  first(timeoutMs: number, signal: AbortSignal | undefined): Promise<void>;
  close(): void;
}

/** Follows the events of a client, which connects again and again by itself. */
export function createReadiness({ kind, redis }: Client, where: string): Readiness {
  const waiters = new Set<Waiter>();
  let lastError: Error | undefined;
  let closed = false;
  let begun = false;

  redis.on('ready', () => {
    lastError = undefined;
    begun = true;
    for (const waiter of waiters) waiter.let();
  });
  function fail(error: Error): void {
    lastError = error;
    const hopeless = isLockedOut(error) || (!begun && kind === 'single');
    if (!hopeless) return;
    for (const waiter of waiters) waiter.refuse(unreachable(where, 0, error));
  }
  // What a cluster says as a whole is only that none of its nodes could be asked.
  if (kind === 'cluster') redis.on('node error', fail);
  // Without a listener ioredis prints errors to the console.
  redis.on('error', (error: Error) => {
    if (kind === 'single' || lastError === undefined) fail(error);
  });

  function until(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        waiters.delete(waiter);
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const waiter: Waiter = { let: () => end(resolve), refuse: (error) => end(() => reject(error)) };
      const timer = setTimeout(() => waiter.refuse(unreachable(where, timeoutMs, lastError)), timeoutMs);
      const abort = () =>
        end(() => {
          try {
            checkSignal(signal);
          } catch (error) {
            reject(error);
          }
        });
      signal?.addEventListener('abort', abort);
      waiters.add(waiter);
    });
  }

  return {
    isReady: () => redis.status === 'ready',
    async wait(deadline, signal) {
      if (closed) throw new ClosedError(where);
      const leftMs = Math.ceil(deadline - performance.now());
      if (leftMs <= 0) throw unreachable(where, 0, lastError);
      await until(leftMs, signal);
    },
    first: until,
    close() {
      closed = true;
      for (const waiter of waiters) waiter.refuse(new ClosedError(where));
    },
  };
}
