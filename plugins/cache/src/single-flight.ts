import { createSharedWork, type SharedWork, untilAborted } from '@aiwork/core/adapter-kit';

/** Work that is done once for all who want it at the same time. */
export interface SingleFlight<T> extends Omit<SharedWork<T>, 'join'> {
  /**
   * Joins the work of this key, or begins it. It is aborted when nobody waits for it any more; a background wish, without a
   * signal, waits to the end.
   */
  join(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function singleFlight<T>(): SingleFlight<T> {
  const shared = createSharedWork<T>();
  return {
    ...shared,
    async join(key, work, signal) {
      signal?.throwIfAborted();
      const { result, leave } = shared.join(key, (whileWanted) =>
        untilAborted(work(whileWanted), whileWanted),
      );
      try {
        return await (signal ? untilAborted(result, signal) : result);
      } finally {
        leave();
      }
    },
  };
}
