import { ClosedError, type TaskQueue } from '@aiwork/core';
import { clientOf } from '../client-of.ts';

/** A client of a queue that others use too: closing it stops its own consumers alone. */
export function clientOfQueue(shared: TaskQueue): TaskQueue {
  const closing = new AbortController();
  const client = clientOf(shared, []);
  return {
    ...client,
    async consume(options, handler) {
      if (closing.signal.aborted) throw new ClosedError('the client');
      const { signal } = options;
      const isSignal = signal instanceof AbortSignal;
      const stop = isSignal ? AbortSignal.any([signal, closing.signal]) : signal;
      await client.consume({ ...options, signal: stop }, handler);
    },
    async close() {
      closing.abort();
      await client.close();
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}
