import type { RunEvent, RunRecord, RunStore } from '@aiwork/core';

export function runRecord(id: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id,
    unitId: 'unit',
    version: '1',
    graphHash: 'hash',
    status: 'running',
    tags: [],
    createdAt: 1,
    updatedAt: 1,
    ...changes,
  };
}

export function runEvents(runId: string, from: number, to = from): readonly RunEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const seq = from + index;
    return { seq, at: seq, runId, type: 'step.undone', stepId: `step ${seq}` };
  });
}

export async function seqsOf(store: RunStore, runId: string): Promise<readonly number[]> {
  const seqs: number[] = [];
  for await (const { seq } of store.events(runId)) seqs.push(seq);
  return seqs;
}

/** Creates runs of these ids, many at once. */
export async function createAll(
  store: RunStore,
  ids: readonly string[],
  changes: (id: string, index: number) => Partial<RunRecord> = () => ({}),
): Promise<void> {
  for (let first = 0; first < ids.length; first += 200) {
    const some = ids.slice(first, first + 200);
    await Promise.all(some.map((id, index) => store.createRun(runRecord(id, changes(id, first + index)))));
  }
}
