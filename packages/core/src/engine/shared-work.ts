/** Work on a key that all who want it meanwhile share. @since 0.1.0 */
export interface SharedWork<T> {
  /**
   * Takes part in the work on this key that is under way, or begins it. Its signal aborts once all who took part have left
   * before its end; whoever comes next begins anew.
   */
  join(key: string, begin: (signal: AbortSignal) => Promise<T>): Share<T>;
  /** Whether there is work on this key to take part in. */
  has(key: string): boolean;
  /** Those who share this work have it still; whoever comes next begins anew. */
  letGo(key: string): void;
  /** Aborts all that is under way. */
  abortAll(reason: unknown): void;
}

/** A part in work that is shared. @since 0.1.0 */
export interface Share<T> {
  readonly result: Promise<T>;
  /** For who waits for the result no more, also when it is there. Once. */
  leave(): void;
}

interface Work<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  shares: number;
}

/**
 * Has work done once for all who want it at the same time.
 *
 * @example
 * ```ts
 * import { createSharedWork } from '@aiwork/core/adapter-kit';
 *
 * let begun = 0;
 * const loads = createSharedWork<number>();
 * const load = async () => {
 *   const { result, leave } = loads.join('a', async () => ++begun);
 *   return await result.finally(leave);
 * };
 * console.log(await Promise.all([load(), load()])); // [ 1, 1 ]
 * ```
 * @since 0.1.0
 */
export function createSharedWork<T>(): SharedWork<T> {
  const joinable = new Map<string, Work<T>>();
  /** Also what was let go. */
  const underWay = new Set<Work<T>>();

  function begun(key: string, begin: (signal: AbortSignal) => Promise<T>): Work<T> {
    const stop = new AbortController();
    const work: Work<T> = { result: begin(stop.signal), stop, shares: 0 };
    joinable.set(key, work);
    underWay.add(work);
    const end = () => forget(key, work);
    // Who shares it sees whether it fails; when all have left, nobody has to.
    work.result.then(end, end);
    return work;
  }

  function forget(key: string, work: Work<T>): void {
    underWay.delete(work);
    if (joinable.get(key) === work) joinable.delete(key);
  }

  return {
    has: (key) => joinable.has(key),
    letGo(key) {
      joinable.delete(key);
    },
    join(key, begin) {
      const work = joinable.get(key) ?? begun(key, begin);
      work.shares += 1;
      return {
        result: work.result,
        leave() {
          work.shares -= 1;
          if (work.shares > 0 || !underWay.has(work)) return;
          forget(key, work);
          work.stop.abort(new DOMException('nobody waits for it any more', 'AbortError'));
        },
      };
    },
    abortAll(reason) {
      for (const { stop } of underWay) stop.abort(reason);
    },
  };
}
