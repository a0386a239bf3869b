import type { RunEvent, RunRecord, RunStore } from '@aiwork/core';
import { show, Violation } from '../../engine/violation.ts';
import { collect } from '../collect.ts';

/** A time that all records and events of the checks count from. */
export const start = 1_700_000_000_000;

/** Beside a real clock, timers and clocks differ by some milliseconds: only then is a lease surely over. */
export const slackMs = 25;

export function runRecord(id: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id,
    unitId: 'unit',
    version: '1',
    graphHash: 'hash',
    status: 'running',
    tags: [],
    createdAt: start,
    updatedAt: start,
    ...changes,
  };
}

/** Events numbered `from` to `to`, each a millisecond after the one before. */
export function runEvents(runId: string, from: number, to = from): readonly RunEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const seq = from + index;
    return { seq, at: start + seq, runId, type: 'step.undone', stepId: `step ${seq}` };
  });
}

/** Creates a run that is not there yet. */
export async function create(store: RunStore, id: string, changes: Partial<RunRecord> = {}): Promise<void> {
  const result = await store.createRun(runRecord(id, changes));
  if (result !== 'created') throw new Violation(`createRun(${show(id)}) to say 'created'`, show(result));
}

/** Appends events `from` to `to` to a run that has all before them. */
export async function write(store: RunStore, id: string, from: number, to = from): Promise<void> {
  const result = await store.append(id, { expectedSeq: from - 1, events: runEvents(id, from, to) });
  if (!result.applied)
    throw new Violation(`the append of events ${from} to ${to} to be applied`, show(result));
}

/** Numbers of the events of a run. */
export async function seqsOf(store: RunStore, id: string, afterSeq = 0): Promise<readonly number[]> {
  return (await collect(store.events(id, { afterSeq }))).map(({ seq }) => seq);
}

/** The whole numbers from `from` to `to`. */
export const count = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
