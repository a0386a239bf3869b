import { describe, expect, it } from 'vitest';
import type { RunRecord, RunStore } from '../adapters/run-store.ts';
import { createMemoryRunStore } from '../embedded/memory-run-store.ts';
import type { RunEvent } from '../run-event.ts';
import { crashAfter } from './crash-after.ts';

const record: RunRecord = {
  id: 'r',
  unitId: 'u',
  version: '1',
  graphHash: 'h',
  status: 'running',
  tags: [],
  createdAt: 1,
  updatedAt: 1,
};

const event = (seq: number): RunEvent => ({
  seq,
  at: 1,
  runId: 'r',
  type: 'step.skipped',
  stepId: `s${seq}`,
});
const append = (store: RunStore, from: number, length = 1) =>
  store.append('r', { expectedSeq: from, events: Array.from({ length }, (_, i) => event(from + i + 1)) });

async function events(store: RunStore): Promise<number> {
  let n = 0;
  for await (const _ of store.events('r')) n += 1;
  return n;
}

async function dying(after: number) {
  const store = createMemoryRunStore();
  await store.createRun(record);
  return { store, crashing: crashAfter(store, after) };
}

describe('crashAfter', () => {
  it('passes on everything until the events are used up, the last of them answered', async () => {
    const { store, crashing } = await dying(2);
    expect(crashing.capabilities).toBe(store.capabilities);
    expect(await crashing.createRun({ ...record, id: 'other' })).toBe('created');
    expect(await crashing.lease('r', 'me', 1000)).toBe(true);
    await crashing.release('r', 'me');
    expect((await crashing.getRun('r'))?.id).toBe('r');
    expect(await crashing.due(2, 10)).toEqual(['r', 'other']);
    expect((await crashing.list()).items).toHaveLength(2);
    expect(await crashing.prune(0)).toEqual([]);
    expect(await append(crashing, 0)).toEqual({ applied: true, seq: 1 });
    expect(await events(crashing)).toBe(1);
    expect(crashing.crashed).toBe(false);
    expect(await append(crashing, 1)).toEqual({ applied: true, seq: 2 });
    expect([crashing.crashed, crashing.appended]).toEqual([true, 2]);
    expect(await events(store)).toBe(2);
  });

  it('fails everything afterwards, and the store knows nothing of it', async () => {
    const { store, crashing } = await dying(0);
    const everything = [
      () => crashing.createRun({ ...record, id: 'x' }),
      () => crashing.getRun('r'),
      () => append(crashing, 0),
      () => events(crashing),
      () => crashing.lease('r', 'me', 1000),
      () => crashing.release('r', 'me'),
      () => crashing.due(2, 10),
      () => crashing.list(),
      () => crashing.prune(1e12),
    ];
    for (const call of everything)
      await expect(call()).rejects.toMatchObject({ code: 'AIWORK_STORE_FAILED' });
    expect((await store.list()).items).toHaveLength(1);
    expect(await events(store)).toBe(0);
  });

  it('does not make an append that would go beyond', async () => {
    const { store, crashing } = await dying(2);
    await expect(append(crashing, 0, 3)).rejects.toMatchObject({ outcome: 'not-applied' });
    expect(await events(store)).toBe(0);
    expect(crashing.crashed).toBe(true);
  });

  it('does not count an append that the store refused', async () => {
    const { crashing } = await dying(1);
    expect(await append(crashing, 7)).toMatchObject({ applied: false });
    expect([crashing.crashed, crashing.appended]).toEqual([false, 0]);
  });

  it('dies in the middle of a listing', async () => {
    const { crashing } = await dying(3);
    await append(crashing, 0, 2);
    const seen = crashing.events('r')[Symbol.asyncIterator]();
    await seen.next();
    await append(crashing, 2);
    await expect(seen.next()).rejects.toMatchObject({ code: 'AIWORK_STORE_FAILED' });
  });

  it('leaves the store open when it is closed', async () => {
    const { store, crashing } = await dying(5);
    await crashing.close();
    await crashing[Symbol.asyncDispose]();
    await expect(crashing.getRun('r')).rejects.toThrow('simulated crash');
    expect((await store.getRun('r'))?.id).toBe('r');
  });
});
