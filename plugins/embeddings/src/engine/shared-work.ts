/** Work on a key that all who ask for it meanwhile share. */
export interface SharedWork<T> {
  /** Begins the work, or takes part in that which is under way. It is aborted when all have left who took part. */
  join(key: string, begin: (signal: AbortSignal) => Promise<T>): Share<T>;
}

export interface Share<T> {
  readonly result: Promise<T>;
  /** For who waits for the result no more, also when it is there. */
  leave(): void;
}

interface Work<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  shares: number;
}

export function createSharedWork<T>(): SharedWork<T> {
  const underWay = new Map<string, Work<T>>();

  function begun(key: string, begin: (signal: AbortSignal) => Promise<T>): Work<T> {
    const stop = new AbortController();
    const work: Work<T> = { result: begin(stop.signal), stop, shares: 0 };
    underWay.set(key, work);
    const forget = () => {
      if (underWay.get(key) === work) underWay.delete(key);
    };
    // Who shares it sees whether it fails; when all have left, nobody has to.
    work.result.then(forget, forget);
    return work;
  }

  return {
    join(key, begin) {
      const work = underWay.get(key) ?? begun(key, begin);
      work.shares += 1;
      return {
        result: work.result,
        leave() {
          work.shares -= 1;
          if (work.shares > 0 || underWay.get(key) !== work) return;
          underWay.delete(key);
          work.stop.abort();
        },
      };
    },
  };
}
