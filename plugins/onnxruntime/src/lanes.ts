import { untilAborted } from '@aiwork/core/adapter-kit';

/** What does one job at a time each. */
export interface Lanes<Lane> {
  /**
   * Does `work` in the lane that is free first, in the order in which it was asked. When `signal` aborts, what waits
   * leaves the queue and what has begun is left alone, until it ends, in its lane.
   *
   * @throws the reason of `signal`, at once.
   */
  use<T>(work: (lane: Lane) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createLanes<Lane>(lanes: readonly Lane[]): Lanes<Lane> {
  const free = [...lanes];
  const queue = new Set<(lane: Lane) => void>();

  function release(lane: Lane): void {
    const [next] = queue;
    if (next !== undefined) {
      queue.delete(next);
      next(lane);
      return;
    }
    free.push(lane);
  }

  function turn(signal: AbortSignal | undefined): Promise<Lane> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.delete(enter);
        reject(signal?.reason);
      };
      const enter = (lane: Lane): void => {
        signal?.removeEventListener('abort', leave);
        resolve(lane);
      };
      queue.add(enter);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  return {
    async use(work, signal) {
      signal?.throwIfAborted();
      const lane = free.pop() ?? (await turn(signal));
      const done = work(lane).finally(() => release(lane));
      return signal === undefined ? done : untilAborted(done, signal);
    },
  };
}
