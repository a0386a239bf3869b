import { type Duration, toMilliseconds } from '@aiwork/core';
import { untilAborted } from '@aiwork/core/adapter-kit';
import type { CallContext, Layer } from './layer.ts';
import { refusal } from './layer-error.ts';
import { wholeOption } from './options.ts';

/** @since 0.1.0 */
export interface BulkheadOptions {
  /** Names it in errors and events. */
  readonly id: string;
  /** Calls at work at once: 1 or more. A stream is at work until it has ended. */
  readonly limit: number;
  /** Calls that wait for a place, at most; what comes on top is refused. Default 100. */
  readonly maxQueued?: number;
  /** How long a call waits at most. Default `30s`. */
  readonly maxWait?: Duration;
}

interface Waiter {
  hasPlace: boolean;
  readonly wake: () => void;
}

/**
 * Lets so many calls through at once, in the order they came; one that is used in several places holds for all of them.
 * What finds no place is refused with `AIWORK_BULKHEAD_FULL` (`retryable`).
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { bulkhead, protectCall } from '@aiwork/resilience';
 *
 * const places = bulkhead({ id: 'search', limit: 1, maxQueued: 0 });
 * const { promise, resolve } = Promise.withResolvers<string>();
 * const search = protectCall(() => promise, [places]);
 * const first = search();
 * await search().catch((error) => console.log(error.code)); // AIWORK_BULKHEAD_FULL
 * resolve('found');
 * console.log(await first); // found
 * ```
 * @since 0.1.0
 */
export function bulkhead(options: BulkheadOptions): Layer<'bulkhead'> {
  const { id } = options;
  const limit = wholeOption(options.limit, `limit of bulkhead "${id}"`, 1);
  const maxQueued = wholeOption(options.maxQueued ?? 100, `maxQueued of bulkhead "${id}"`, 0);
  const maxWaitMs = toMilliseconds(options.maxWait ?? '30s', `maxWait of bulkhead "${id}"`);
  const queue = new Set<Waiter>();
  let taken = 0;

  function leave(): void {
    const [next] = queue;
    if (!next) {
      taken -= 1;
      return;
    }
    queue.delete(next);
    next.hasPlace = true;
    next.wake();
  }

  async function queueUp({
    clock,
    emit,
    signal,
  }: Pick<CallContext, 'clock' | 'emit' | 'signal'>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { hasPlace: false, wake: resolve };
    queue.add(waiter);
    emit({ type: 'bulkhead.waiting', bulkhead: id, queued: queue.size });
    const stop = clock.setTimer(maxWaitMs, () => {
      if (!queue.delete(waiter)) return;
      emit({ type: 'bulkhead.refused', bulkhead: id, by: 'wait' });
      reject(full(`no place was free within ${maxWaitMs} ms`));
    });
    try {
      await untilAborted(promise, signal);
    } catch (error) {
      queue.delete(waiter);
      // Given in the moment the signal aborted.
      if (waiter.hasPlace) leave();
      throw error;
    } finally {
      stop();
    }
  }

  function full(problem: string) {
    return refusal('AIWORK_BULKHEAD_FULL', `bulkhead "${id}": ${limit} calls are at work, and ${problem}`);
  }

  return {
    kind: 'bulkhead',
    wrap: (inner) =>
      async function* (input, context) {
        context.signal.throwIfAborted();
        if (taken < limit) taken += 1;
        else if (queue.size < maxQueued) await queueUp(context);
        else {
          context.emit({ type: 'bulkhead.refused', bulkhead: id, by: 'queue' });
          throw full(`${queue.size} wait`);
        }
        try {
          yield* inner(input, context);
        } finally {
          leave();
        }
      },
  };
}
