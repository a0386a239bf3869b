import { createRunReader, hasCode, type RunRecord, type RunSample, type RunStore } from '@aiwork/core';

/** Which runs; all given conditions hold. Times are milliseconds since the Unix epoch. */
export interface RunWindow {
  /** Runs that began at this time or later. */
  readonly since: number;
  /** And before this one. */
  readonly until: number;
  readonly unit?: string | undefined;
  readonly tag?: string | undefined;
}

export interface JournalListener {
  /** Before the samples of a run. */
  run(record: RunRecord): void;
  sample(sample: RunSample, record: RunRecord): void;
}

/** Journals read at once: enough to hide what a store over a network takes to answer. */
const concurrency = 8;
const pageSize = 1000;

/** Reads the journals of runs, the newest first, and keeps none of them. Payloads are not fetched. */
export async function readJournals(
  store: RunStore,
  window: RunWindow,
  { run, sample: see }: JournalListener,
): Promise<void> {
  const records = recordsOf(store, window);
  async function readSome(): Promise<void> {
    for await (const record of records) {
      run(record);
      const reader = createRunReader();
      try {
        for await (const event of store.events(record.id)) {
          const sample = reader.read(event);
          if (sample) see(sample, record);
        }
      } catch (error) {
        // Deleted since it was listed.
        if (!hasCode(error, 'AIWORK_RUN_NOT_FOUND')) throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, readSome));
}

async function* recordsOf(
  store: RunStore,
  { since, until, unit, tag }: RunWindow,
): AsyncGenerator<RunRecord> {
  let cursor: string | undefined;
  do {
    const page = await store.list({
      limit: pageSize,
      ...(cursor !== undefined && { cursor }),
      ...(unit !== undefined && { unitId: unit }),
      ...(tag !== undefined && { tag }),
    });
    for (const record of page.items) {
      if (record.createdAt >= since && record.createdAt < until) yield record;
    }
    // Clocks of machines differ, so that one run that began too early says nothing of the next; a page of them does.
    // One that is empty says nothing, either: what was on it was deleted since.
    if (page.items.length > 0 && page.items.every(({ createdAt }) => createdAt < since)) return;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
