/** A record that was received and perhaps settled. */
export interface LogEntry {
  readonly offset: number;
  isSettled: boolean;
}

/** What of a partition was received and settled, and up to where that is without a hole. */
export interface OffsetLog {
  /** Undefined when it was received before. */
  receive(offset: number): LogEntry | undefined;
  /** All up to here, and without it, was received, also what is no record. */
  receivedUpTo(nextOffset: number): void;
  settle(entry: LogEntry): void;
  /** All before it is settled: what is committed. Undefined before anything was received. */
  next(): number | undefined;
  /**
   * Of what was received from `next()` on: how many offsets are not settled, then how many are, and so on; no more than
   * `atMost` numbers.
   */
  runs(atMost: number): readonly number[];
  /** From the first that is not settled up to the last received. */
  span(): number;
}

export function createOffsetLog(): OffsetLog {
  const entries: LogEntry[] = [];
  let first = 0;
  let received: number | undefined;

  function dropSettled(): void {
    while (entries[first]?.isSettled) first += 1;
    if (first < 1024 || first * 2 < entries.length) return;
    entries.splice(0, first);
    first = 0;
  }

  return {
    receive(offset) {
      if (received !== undefined && offset < received) return undefined;
      const entry = { offset, isSettled: false };
      entries.push(entry);
      received = offset + 1;
      return entry;
    },
    receivedUpTo(nextOffset) {
      received = Math.max(received ?? 0, nextOffset);
    },
    settle(entry) {
      entry.isSettled = true;
      dropSettled();
    },
    next: () => entries[first]?.offset ?? received,
    runs(atMost) {
      const runs: number[] = [];
      let at = entries[first]?.offset ?? 0;
      let isSettled = false;
      for (let index = first; index < entries.length && runs.length < atMost; index += 1) {
        const entry = entries[index];
        if (!entry || entry.isSettled === isSettled) continue;
        runs.push(entry.offset - at);
        ({ offset: at, isSettled } = entry);
      }
      if (isSettled && runs.length < atMost) runs.push((received ?? at) - at);
      return runs;
    },
    span: () => entries.length - first,
  };
}
