/** Runs remembered at once. Those that go on elsewhere are never seen to end. */
const mostRuns = 10_000;

/** What is known of runs that began here, until they are over; of too many, the last ones. */
export interface BegunRuns<T> {
  begin(runId: string, known: T): void;
  of(runId: string): T | undefined;
  end(runId: string): T | undefined;
}

export function begunRuns<T>(): BegunRuns<T> {
  const begun = new Map<string, T>();
  return {
    begin(runId, known) {
      begun.set(runId, known);
      if (begun.size <= mostRuns) return;
      const [oldest] = begun.keys();
      if (oldest !== undefined) begun.delete(oldest);
    },
    of: (runId) => begun.get(runId),
    end(runId) {
      const known = begun.get(runId);
      begun.delete(runId);
      return known;
    },
  };
}
