import type { PayloadStore } from '../adapters/payload-store.ts';
import type { RunRecord, RunStore } from '../adapters/run-store.ts';
import { AiworkError } from '../errors.ts';
import type { FinalStatus, RunEvent } from '../run-event.ts';
import type { Compiled } from './compile.ts';
import { fromStored, getPayload, inlineLimitBytes, putPayload } from './event-values.ts';
import { applyEvent, emptyRunState, type RunState } from './run-state.ts';
import { inspectValue, tag, untag } from './serialize.ts';

/** What is stored of a run's input. */
export type StoredInput = Pick<RunRecord, 'input' | 'inputTagged' | 'inputRef'>;

/** Puts an input into the form a record keeps. @throws `AIWORK_NOT_SERIALIZABLE`. */
export function toStoredInput(
  input: unknown,
  runId: string,
  payloads: PayloadStore | undefined,
): StoredInput | Promise<StoredInput> {
  if (input === undefined) return {};
  const { plain, bytes } = inspectValue(input, 'the input');
  const json = plain ? input : tag(input);
  const tagged = plain ? {} : { inputTagged: true };
  if (bytes <= inlineLimitBytes || !payloads) return plain ? { input } : { input: json, ...tagged };
  return putPayload(payloads, runId, json).then((inputRef) => ({ inputRef, ...tagged }));
}

export async function fromStoredInput(
  record: RunRecord,
  payloads: PayloadStore | undefined,
): Promise<unknown> {
  const json = record.inputRef ? await getPayload(payloads, record.id, record.inputRef) : record.input;
  return record.inputTagged ? untag(json) : json;
}

/** The run's record. @throws `AIWORK_RUN_NOT_FOUND`. */
export async function requireRecord(store: RunStore, runId: string): Promise<RunRecord> {
  const record = await store.getRun(runId);
  if (record) return record;
  throw new AiworkError('AIWORK_RUN_NOT_FOUND', `there is no run "${runId}" in this store`);
}

const finalStatuses: readonly string[] = ['succeeded', 'failed', 'cancelled'] satisfies FinalStatus[];

export function isFinal(status: string): boolean {
  return finalStatuses.includes(status);
}

/** A run's events with their values whole. */
export async function* readEvents(
  store: RunStore,
  payloads: PayloadStore | undefined,
  runId: string,
  afterSeq = 0,
): AsyncIterable<RunEvent> {
  for await (const event of store.events(runId, { afterSeq })) yield await fromStored(event, payloads);
}

/** Deletes finished runs last updated before a time, with their payloads; gives how many. */
export async function pruneRuns(
  store: RunStore,
  payloads: PayloadStore | undefined,
  beforeMs: number,
): Promise<number> {
  let pruned = 0;
  for (;;) {
    const ids = await store.prune(beforeMs);
    if (ids.length === 0) return pruned;
    pruned += ids.length;
    for (const id of ids) await payloads?.deleteRun(id);
    // A store in memory answers at once: without a pause nothing else would get its turn until all are gone.
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

export async function loadState(
  store: RunStore,
  payloads: PayloadStore | undefined,
  runId: string,
): Promise<RunState> {
  const state = emptyRunState();
  for await (const event of readEvents(store, payloads, runId)) applyEvent(state, event);
  return state;
}

/** Ids of top-level steps that are over, but differ between the code now and the code they ran with. */
export function misfits(compiled: Compiled, state: RunState): readonly string[] {
  const then = state.digests ?? {};
  const now = compiled.digests();
  return Object.keys(then).filter((id) => {
    const step = state.steps.get(id);
    return step && step.status !== 'pending' && step.status !== 'running' && now[id] !== then[id];
  });
}

/** @throws `AIWORK_FLOW_CHANGED` when finished steps of a run do not fit the code there is now. */
export function requireFit(compiled: Compiled, record: RunRecord, state: RunState): void {
  if (record.graphHash === compiled.hash) return;
  const changed = misfits(compiled, state);
  if (changed.length === 0) return;
  const names = changed.map((id) => `"${id}"`).join(', ');
  throw new AiworkError(
    'AIWORK_FLOW_CHANGED',
    `flow "${record.unitId}" changed since run "${record.id}" began (version "${record.version}", now "${compiled.unit.version}"): finished steps ${names} are different or gone; register the old version beside the new one to finish the run, or rerun it`,
  );
}
