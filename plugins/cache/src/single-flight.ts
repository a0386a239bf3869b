import { untilAborted } from '@aiwork/core/adapter-kit';

/** Work that is done once for all who want it at the same time. */
export interface SingleFlight<T> {
  /**
   * Joins the work of this key, or begins it. It is aborted when nobody waits for it any more; a background wish, without a
   * signal, waits to the end.
   */
  join(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
  has(key: string): boolean;
  /** Lets those who wait for it have it, and whoever comes next begin anew. */
  letGo(key: string): void;
  /** Aborts everything. */
  abortAll(): void;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  waiting: number;
}

export function singleFlight<T>(): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>();
  /** Also those that were let go. */
  const all = new Set<Flight<T>>();

  function begin(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const abort = new AbortController();
    const result = untilAborted(work(abort.signal), abort.signal).finally(() => end(key, flight));
    // Also when all who waited for it have gone.
    result.catch(() => {});
    const flight: Flight<T> = { result, abort, waiting: 0 };
    flights.set(key, flight);
    all.add(flight);
    return flight;
  }

  function end(key: string, flight: Flight<T>): void {
    all.delete(flight);
    if (flights.get(key) === flight) flights.delete(key);
  }

  function leave(key: string, flight: Flight<T>): void {
    flight.waiting -= 1;
    if (flight.waiting > 0 || !all.has(flight)) return;
    // Whoever comes next begins anew.
    end(key, flight);
    flight.abort.abort(new DOMException('nobody waits for it any more', 'AbortError'));
  }

  return {
    has: (key) => flights.has(key),
    letGo(key) {
      flights.delete(key);
    },
    async join(key, work, signal) {
      signal?.throwIfAborted();
      const flight = flights.get(key) ?? begin(key, work);
      flight.waiting += 1;
      try {
        return await (signal ? untilAborted(flight.result, signal) : flight.result);
      } finally {
        leave(key, flight);
      }
    },
    abortAll() {
      for (const { abort } of all) abort.abort(new DOMException('it was closed', 'AbortError'));
    },
  };
}
